using Autodidact.Pipeline.PretrainSettings;
using Autodidact.Pretraining;
using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>What a pre-training method is set up from.</summary>
/// <param name="Training">A fresh encoder and its views.</param>
/// <param name="Options">The stage's options.</param>
public sealed record PretrainSetup(EncoderTraining Training, PretrainOptions Options);

/// <summary>A pre-training method by name.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Description">What it learns from, and its source, in one line.</param>
/// <param name="Create">Makes the objective.</param>
public sealed record PretrainMethod(string Name, string Description, Func<PretrainSetup, IObjective> Create)
{
    /// <summary>Ordinary views that an image is turned into.</summary>
    public Func<PretrainOptions, int> Views { get; init; } = _ => 2;

    /// <summary>Whether it takes local views beside them.</summary>
    public bool MultiCrop { get; init; }

    /// <summary>Groups of options it reads, as <c>pretrain.GROUP.*</c> spells them.</summary>
    public IReadOnlyList<string> OptionGroups { get; init; } = [];

    /// <summary>Feature passes over the training images, an epoch.</summary>
    public Func<PretrainOptions, double> FeaturePasses { get; init; } = _ => 0;

    /// <summary>How a preset's options change with this method, by the preset's name: published settings at the published scales, chosen ones for a CPU.</summary>
    public IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> Settings { get; init; } = new Dictionary<string, Func<PretrainOptions, PretrainOptions>>();
}

/// <summary>The pre-training methods.</summary>
public static class PretrainMethods
{
    /// <summary>All methods.</summary>
    public static IReadOnlyList<PretrainMethod> All { get; } =
    [
        new("simclr", "contrast of two views against the batch (Chen et al. 2020, arXiv 2002.05709)", s => new SimClr(s.Training, s.Options.Simclr)) { OptionGroups = ["simclr"] },
        new("byol", "one view's embedding predicts a momentum copy's of the other (Grill et al. 2020, arXiv 2006.07733)", s => new Byol(s.Training, s.Options.Byol)) { OptionGroups = ["byol"], Settings = ByolSettings.All },
        new("simsiam", "one view's embedding predicts the other's, whose gradient is stopped (Chen & He 2021, arXiv 2011.10566)", s => new SimSiam(s.Training, s.Options.Simsiam)) { OptionGroups = ["simsiam"], Settings = SimSiamSettings.All },
        new("barlow-twins", "dimensions agree between two views and decorrelate (Zbontar et al. 2021, arXiv 2103.03230)", s => new BarlowTwins(s.Training, s.Options.BarlowTwins)) { OptionGroups = ["barlow_twins"], Settings = BarlowTwinsSettings.All },
        new("vicreg", "two views attract, dimensions keep their variance and decorrelate (Bardes et al. 2022, arXiv 2105.04906)", s => new VicReg(s.Training, s.Options.Vicreg)) { OptionGroups = ["vicreg"], Settings = VicRegSettings.All },
        new("dino", "views agree with a momentum teacher's softmax, local ones too (Caron et al. 2021, arXiv 2104.14294)", s => new Dino(s.Training, s.Options.Dino)) { OptionGroups = ["dino"], MultiCrop = true, Settings = DinoSettings.All },
    ];

    /// <summary>A method by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static PretrainMethod Get(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new AutodidactException(FailureKind.Usage, $"pre-training method {name}: unknown: choose one of {string.Join(", ", All.Select(m => m.Name))}");
}
