using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Distillation;

/// <summary>What a distillation method is set up from. What a teacher knows is read only by the methods that ask for it; each call opens it anew, for the caller to own.</summary>
/// <param name="Student">A fresh student.</param>
/// <param name="PseudoLabels">Target of each training image, in training order.</param>
/// <param name="Options">The stage's options.</param>
/// <param name="Views">Views by progress, given how many an image is turned into.</param>
/// <param name="Seed">Seed of the method's own weights and clusterings.</param>
/// <param name="Teachers">What may teach.</param>
public sealed record DistillSetup(
    MultiExitNetwork Student,
    IReadOnlyList<int> PseudoLabels,
    DistillOptions Options,
    Func<int, Func<double, ViewSpec>> Views,
    ulong Seed,
    DistillTeachers Teachers)
{
    /// <summary>Threads of clusterings and searches; 0 is one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Whether the run's clusters lie on the sphere.</summary>
    public bool Spherical { get; init; } = true;

    /// <summary>The common part of an objective that takes so many views of each image.</summary>
    /// <param name="views">Views an image.</param>
    public StudentTraining Training(int views = 1) => new(Student, PseudoLabels, Views(views), Seed) { EveryExit = Options.EveryExit, Threads = Threads, Spherical = Spherical };
}

/// <summary>What may teach a student; each call reads it anew, and its result is the caller's.</summary>
/// <param name="EncoderFeatures">Features of the training images, plain view, in training order: [images, d]. The encoder's, or the deepest exit's of the student that teaches in its place.</param>
/// <param name="Centroids">Centroids of the clusters among those features: [k, d].</param>
/// <param name="Encoder">The encoder as a network, in evaluation mode and without gradients.</param>
/// <param name="Student">The student of <see cref="DistillOptions.Teacher"/>, in evaluation mode and without gradients.</param>
public sealed record DistillTeachers(Func<FeatureMatrix> EncoderFeatures, Func<FeatureMatrix> Centroids, Func<Backbone> Encoder, Func<MultiExitNetwork> Student);

/// <summary>A distillation method by name.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Description">One line.</param>
/// <param name="Create">Makes the objective.</param>
public sealed record DistillMethod(string Name, string Description, Func<DistillSetup, IObjective> Create)
{
    /// <summary>Weights of self-distillation that the name stands for, which <c>distill.loss</c> starts from; null for a method with options of its own.</summary>
    public SelfDistillationOptions? Loss { get; init; }

    /// <summary>Branches that the published form has, which <c>distill.branch</c> starts from; null leaves the preset's.</summary>
    public BranchDesign? Branch { get; init; }

    /// <summary>Attention that the published form has or has not, which <c>distill.attention</c> starts from; null leaves the preset's.</summary>
    public bool? Attention { get; init; }

    /// <summary>Whether the targets are labels: an upper bound to compare with, no method of SSSD. Refused unless <see cref="DistillOptions.AllowLabels"/> says so.</summary>
    public bool UsesLabels { get; init; }

    /// <summary>Whether the student's answers are clusters or classes of its own: the run's pseudo-labels do not say what they mean.</summary>
    public bool OwnClusters { get; init; }

    /// <summary>Whether <see cref="DistillOptions.EveryExit"/> may be false.</summary>
    public bool KnowsNoExits { get; init; }

    /// <summary>Whether the encoder is run on the student's views.</summary>
    public bool RunsEncoder { get; init; }

    /// <summary>Whether <see cref="DistillOptions.Teacher"/> may name a run.</summary>
    public bool TakesTeacher { get; init; }

    /// <summary>Groups of options beside <c>distill.loss</c> that it reads, as <c>distill.GROUP.*</c> spells them.</summary>
    public IReadOnlyList<string> OptionGroups { get; init; } = [];

    /// <summary>Feature passes over the training images, an epoch.</summary>
    public Func<DistillOptions, double> FeaturePasses { get; init; } = _ => 0;
}

/// <summary>The distillation methods.</summary>
internal static class DistillMethods
{
    /// <summary>All methods.</summary>
    public static IReadOnlyList<DistillMethod> All { get; } =
    [
        Weighted("sssd", "self-distillation on pseudo-labels and on similarities to anchors from the encoder, this project's weights (after Chen & Chu, WACV 2023)"),
        Weighted("sssd-reconstructed", "self-distillation on pseudo-labels alone, this project's weights (Chen & Chu, WACV 2023, reconstructed)"),
        Weighted("sssd-feature", "sssd-reconstructed, and every exit regresses the encoder's feature by its direction"),
        Weighted("byot-journal", "as the authors' journal code has it (Zhang et al., TPAMI 2022): separable branches with attention, no T^2, adapted norm hint") with { Branch = BranchDesign.Separable, Attention = true },
        Weighted("scan", "as the same group's scalable networks have it (Zhang et al., NeurIPS 2019): bottleneck branches with attention") with { Branch = BranchDesign.Bottleneck, Attention = true },
        Weighted("byot-unofficial", "as the widely used unofficial code of 'Be Your Own Teacher' has it (Zhang et al., ICCV 2019): bottleneck branches") with { Branch = BranchDesign.Bottleneck, Attention = false },
        Weighted("mmrazor", "weights of mmrazor's 'Be Your Own Teacher'"),
        Weighted("deep-supervision", "cross entropy on every exit and nothing else: the control"),
        Weighted("encoder-feature", "every exit regresses the encoder's feature by its direction; classifiers alone learn the pseudo-labels"),
        Weighted("rkd", "deep supervision, and distances and angles within a batch from the encoder, or a student (distill.teacher) (Park et al., CVPR 2019)") with { TakesTeacher = true },
        Weighted("similarity-preserving", "deep supervision, and similarities within a batch from the encoder, or a student (distill.teacher) (Tung & Mori, ICCV 2019)") with { TakesTeacher = true },
        Weighted("clusterfit", "cross entropy on the deepest exit alone (Yan et al., CVPR 2020); distill.loss.only_exit=N trains another exit as a network of its own"),
        new("kd", "every exit learns the clusters and the encoder's soft answers, or a student's (distill.teacher) (Hinton et al., 2015)", s => new KnowledgeDistillation(s.Training(), s.Options.Kd, Teacher(s)))
            { OptionGroups = ["kd"], KnowsNoExits = true, RunsEncoder = true, TakesTeacher = true },
        new("fitnets", "first a middle map from the encoder, or a student (distill.teacher), then as kd (Romero et al., ICLR 2015)", s => new FitNets(s.Training(), s.Options.Fitnets, s.Options.Kd, Teacher(s)))
            { OptionGroups = ["fitnets", "kd"], KnowsNoExits = true, RunsEncoder = true, TakesTeacher = true },
        new("snapshot", "training in cycles, each taught by the end of the one before (Yang et al., CVPR 2019)", s => new SnapshotDistillation(s.Training(), s.Options.Snapshot)) { OptionGroups = ["snapshot"], KnowsNoExits = true },
        new("data-distortion", "two views of each image teach each other (Xu & Liu, AAAI 2019)", s => new DataDistortion(s.Training(views: 2), s.Options.DataDistortion)) { OptionGroups = ["data_distortion"], KnowsNoExits = true },
        new("s2sd", "similarities within a batch from larger embeddings of the same feature (Roth et al., ICML 2021)", s => new S2sd(s.Training(), s.Options.S2sd)) { OptionGroups = ["s2sd"], KnowsNoExits = true },
        new("compress", "similarities to a memory of anchors from the encoder (CompRess, Abbasi Koohpayegani et al., NeurIPS 2020)", s => WithEncoder(s, (encoder, features) => new CompRess(s.Training(), s.Options.Compress, encoder, features))) { OptionGroups = ["compress"], KnowsNoExits = true, RunsEncoder = true },
        new("seed", "similarities to a queue and to the image itself from the encoder (SEED, Fang et al., ICLR 2021)", s => WithEncoder(s, (encoder, features) => new SeedDistillation(s.Training(), s.Options.Seed, encoder, features))) { OptionGroups = ["seed"], KnowsNoExits = true, RunsEncoder = true },
        new("muse-style", "deep supervision, and information shared with the deepest exit (after MUSE, Gong et al., BMVC 2021; the estimators are ours)", s => new MuseStyle(s.Training(), s.Options.MuseStyle)) { OptionGroups = ["muse_style"] },
        new("alternating", "clusters the student's own features anew each epoch, and self-distils on them (Adnan et al., 2021)", Alternating)
            { OptionGroups = ["alternating"], Loss = SelfDistillationVariants.All["sssd-reconstructed"], OwnClusters = true, FeaturePasses = options => 1.0 / options.Alternating.Every },
        Weighted("supervised", "upper bound: as clusterfit, on labels in place of pseudo-labels", SelfDistillationVariants.All["clusterfit"]) with { UsesLabels = true, OwnClusters = true },
        Weighted("supervised-self-distillation", "upper bound: as sssd-reconstructed, on labels in place of pseudo-labels", SelfDistillationVariants.All["sssd-reconstructed"]) with { UsesLabels = true, OwnClusters = true },
    ];

    /// <summary>A method by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static DistillMethod Get(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new AutodidactException(FailureKind.Usage, $"distillation method {name}: unknown: choose one of {string.Join(", ", All.Select(m => m.Name))}");

    private static DistillMethod Weighted(string name, string description, SelfDistillationOptions? loss = null) =>
        new(name, description, SelfDistillation) { Loss = loss ?? SelfDistillationVariants.All[name] };

    private static ClusterTeacher Teacher(DistillSetup setup)
    {
        if (setup.Options.Teacher is not null) return ClusterTeacher.Of(setup.Teachers.Student());
        using var centroids = setup.Teachers.Centroids();
        return ClusterTeacher.Of(setup.Teachers.Encoder(), centroids, setup.Options.Kd.TeacherTemperature);
    }

    private static IObjective SelfDistillation(DistillSetup setup)
    {
        var loss = setup.Options.Loss;
        using var features = loss.NeedsEncoderFeatures ? setup.Teachers.EncoderFeatures() : null;
        using var centroids = loss.Targets == TargetForm.Soft ? setup.Teachers.Centroids() : null;
        return new SelfDistillation(setup.Training(loss.Views), loss, features, centroids);
    }

    private static IObjective Alternating(DistillSetup setup)
    {
        var loss = setup.Options.Loss;
        using var features = loss.NeedsEncoderFeatures ? setup.Teachers.EncoderFeatures() : null;
        return new AlternatingClustering(setup.Training(loss.Views), loss, setup.Options.Alternating, features);
    }

    private static IObjective WithEncoder(DistillSetup setup, Func<Backbone, FeatureMatrix, IObjective> create)
    {
        using var features = setup.Teachers.EncoderFeatures();
        return create(setup.Teachers.Encoder(), features);
    }
}
