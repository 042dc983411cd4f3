namespace Autodidact.Pretraining;

/// <summary>What a pre-training method is set up from.</summary>
/// <param name="Training">A fresh encoder and its views.</param>
/// <param name="Options">The stage's options.</param>
/// <param name="Labels">Reads the labels that a method marked as using them may train on; others may not ask.</param>
public sealed record PretrainSetup(EncoderTraining Training, PretrainOptions Options, Func<TrainingLabels> Labels);

/// <summary>A pre-training method by name.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Description">What it learns from, and its source, in one line.</param>
/// <param name="Create">Makes the objective.</param>
public sealed record PretrainMethod(string Name, string Description, Func<PretrainSetup, EncoderObjective> Create)
{
    /// <summary>Ordinary views that an image is turned into.</summary>
    public Func<PretrainOptions, int> Views { get; init; } = _ => 2;

    /// <summary>Whether it takes local views beside them.</summary>
    public bool MultiCrop { get; init; }

    /// <summary>Whether it is trained step by step; false fits a feature extractor without gradients, which no student can start from.</summary>
    public bool Trains => Fit is null;

    /// <summary>Fits a feature extractor without gradients, in place of <see cref="Create"/>.</summary>
    internal Func<EncoderFitting, FittedEncoder>? Fit { get; init; }

    /// <summary>Whether it trains on labels: semi-supervised, no method of SSSD. Refused unless <see cref="PretrainOptions.AllowLabels"/> says so.</summary>
    public bool UsesLabels { get; init; }

    /// <summary>Groups of options it reads, as <c>pretrain.GROUP.*</c> spells them.</summary>
    public IReadOnlyList<string> OptionGroups { get; init; } = [];

    /// <summary>Feature passes over the training images, an epoch.</summary>
    public Func<PretrainOptions, double> FeaturePasses { get; init; } = _ => 0;

    /// <summary>Epochs below which it has learned nothing.</summary>
    public int FewestEpochs { get; init; }

    /// <summary>How a preset's options change with this method, by the preset's name: published settings at the published scales, chosen ones for a CPU.</summary>
    public IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> Settings { get; init; } = new Dictionary<string, Func<PretrainOptions, PretrainOptions>>();
}

/// <summary>The pre-training methods.</summary>
internal static class PretrainMethods
{
    /// <summary>All methods.</summary>
    public static IReadOnlyList<PretrainMethod> All { get; } =
    [
        new("simclr", "contrast of views against the batch (Chen et al. 2020, arXiv 2002.05709)", s => new SimClr(s.Training, s.Options.Simclr))
            { OptionGroups = ["simclr"], Views = o => o.Simclr.Views, MultiCrop = true },
        new("byol", "one view's embedding predicts a momentum copy's of the other (Grill et al. 2020, arXiv 2006.07733)", s => new Byol(s.Training, s.Options.Byol)) { OptionGroups = ["byol"], Settings = ByolSettings.All },
        new("simsiam", "one view's embedding predicts the other's, whose gradient is stopped (Chen & He 2021, arXiv 2011.10566)", s => new SimSiam(s.Training, s.Options.Simsiam)) { OptionGroups = ["simsiam"], Settings = SimSiamSettings.All },
        new("barlow-twins", "dimensions agree between two views and decorrelate (Zbontar et al. 2021, arXiv 2103.03230)", s => new BarlowTwins(s.Training, s.Options.BarlowTwins)) { OptionGroups = ["barlow_twins"], Settings = BarlowTwinsSettings.All },
        new("vicreg", "two views attract, dimensions keep their variance and decorrelate (Bardes et al. 2022, arXiv 2105.04906)", s => new VicReg(s.Training, s.Options.Vicreg)) { OptionGroups = ["vicreg"], Settings = VicRegSettings.All },
        new("emp-ssl", "many views of an image go to their mean, a batch's embeddings span their space (Tong et al. 2023, arXiv 2304.03977)", s => new EmpSsl(s.Training, s.Options.EmpSsl))
            { OptionGroups = ["emp_ssl"], Views = o => o.EmpSsl.Views, MultiCrop = true, Settings = EmpSslSettings.All },
        new("dino", "views agree with a momentum teacher's softmax, local ones too (Caron et al. 2021, arXiv 2104.14294)", s => new Dino(s.Training, s.Options.Dino)) { OptionGroups = ["dino"], MultiCrop = true, Settings = DinoSettings.All },
        new("moco-v2", "contrast of two views against a queue of keys from a slow copy (Chen et al. 2020, arXiv 2003.04297)", s => new MocoV2(s.Training, s.Options.Moco))
            { OptionGroups = ["moco"], Settings = MocoV2Settings.All },
        new("swav", "views predict each other's assignments to prototypes (Caron et al. 2020, arXiv 2006.09882)", s => new Swav(s.Training, s.Options.Swav))
            { OptionGroups = ["swav"], MultiCrop = true, Settings = SwavSettings.All },
        new("deepcluster-v2", "clusters of the last epoch's projections, several at once (Caron et al. 2020, arXiv 2006.09882)", s => new DeepClusterV2(s.Training, s.Options.DeepclusterV2))
            { OptionGroups = ["deepcluster_v2"], MultiCrop = true, FewestEpochs = 2, Settings = DeepClusterV2Settings.All },
        new("deepcluster", "clusters of the features, anew each epoch (Caron et al. 2018, arXiv 1807.05520)", s => new DeepCluster(s.Training, s.Options.Deepcluster))
            { OptionGroups = ["deepcluster"], Views = _ => 1, FeaturePasses = _ => 1, Settings = DeepClusterSettings.All },
        new("rotnet", "which of four rotations was it turned by (Gidaris et al., ICLR 2018)", s => new RotNet(s.Training, s.Options.Rotnet))
            { OptionGroups = ["rotnet"], Views = _ => 1, Settings = RotNetSettings.All },
        new("npid", "each image is a class of its own, told by a memory of all (Wu et al., CVPR 2018)", s => new Npid(s.Training, s.Options.Npid))
            { OptionGroups = ["npid"], Views = _ => 1, Settings = NpidSettings.All },
        new("rotation-decoupling", "half of the feature tells the rotation, the other half images whatever the rotation (Feng et al., CVPR 2019)", s => new RotationDecoupling(s.Training, s.Options.RotationDecoupling))
            { OptionGroups = ["rotation_decoupling"], Views = _ => 1, Settings = RotationDecouplingSettings.All },
        new("jigsaw", "by which permutation were its tiles shuffled (Noroozi & Favaro, ECCV 2016)", s => new Jigsaw(s.Training, s.Options.Jigsaw))
            { OptionGroups = ["jigsaw"], Views = _ => 1, Settings = JigsawSettings.All },
        new("context-prediction", "on which side of one patch does another lie (Doersch et al., ICCV 2015)", s => new ContextPrediction(s.Training, s.Options.ContextPrediction))
            { OptionGroups = ["context_prediction"], Views = _ => 1, Settings = ContextPredictionSettings.All },
        new("s4l", "semi-supervised: rotations of all images, classes of a few (Zhai et al., ICCV 2019, arXiv 1905.03670)", s => new S4l(s.Training, s.Options.S4l, s.Labels()))
            { OptionGroups = ["s4l"], Views = _ => 1, UsesLabels = true, Settings = S4lSettings.All },
        new("patch-kmeans", "no network and no gradient: k-means of whitened patches (Coates, Lee & Ng 2011)", _ => throw new InvalidOperationException("patch-kmeans has no gradients"))
            { OptionGroups = ["patch_kmeans"], Views = _ => 0, Fit = PatchEncoder.Fit, Settings = PatchKMeansSettings.All },
    ];

    /// <summary>A method by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static PretrainMethod Get(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new AutodidactException(FailureKind.Usage, $"pre-training method {name}: unknown: choose one of {string.Join(", ", All.Select(m => m.Name))}");
}
