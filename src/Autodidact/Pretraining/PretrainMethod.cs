using Autodidact.Objectives;
using Autodidact.Options;

namespace Autodidact.Pretraining;

/// <summary>A pre-training method: a name, the options that it brings, and how its objective is made.</summary>
public sealed record PretrainMethod : IMethod
{
    /// <summary>Ordinary views of a method that says nothing else.</summary>
    internal const int UsualViews = 2;

    private readonly Func<PretrainSetup, EncoderObjective> _create;

    private PretrainMethod(string name, string description, OptionGroup group, Func<PretrainSetup, EncoderObjective> create)
    {
        Name = name;
        Description = description;
        Group = group;
        _create = create;
    }

    /// <summary>Name on the command line.</summary>
    public string Name { get; }

    /// <summary>The task that it learns from, and its source, in one line.</summary>
    public string Description { get; }

    /// <summary>The options it brings, <c>pretrain.GROUP.*</c>.</summary>
    public OptionGroup Group { get; }

    /// <summary>Ordinary views that an image is turned into.</summary>
    public Func<PretrainOptions, int> Views { get; init; } = _ => UsualViews;

    /// <summary>Whether it takes local views beside them.</summary>
    public bool MultiCrop { get; init; }

    /// <summary>
    /// Whether it is trained step by step; false fits a feature extractor without gradients, which no student can start from.
    /// </summary>
    public bool Trains => Fit is null;

    /// <summary>
    /// Whether it trains on labels: semi-supervised, no method of SSSD. Refused unless <see cref="PretrainOptions.AllowLabels"/> says so.
    /// </summary>
    public bool UsesLabels { get; init; }

    /// <summary>Names of the groups of options it reads, as <c>pretrain.GROUP.*</c> spells them.</summary>
    public IReadOnlyList<string> OptionGroups => [Group.Name];

    /// <summary>Feature passes over the training images, an epoch.</summary>
    public Func<PretrainOptions, double> FeaturePasses { get; init; } = _ => 0;

    /// <summary>Epochs below which it has learned nothing.</summary>
    public int FewestEpochs { get; init; }

    /// <summary>
    /// How a preset's options change with this method, by the preset's name: published settings at the published scales, chosen ones for a
    /// CPU.
    /// </summary>
    public IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> Settings { get; init; } =
        new Dictionary<string, Func<PretrainOptions, PretrainOptions>>();

    /// <summary>Fits a feature extractor without gradients, in place of <see cref="Create"/>.</summary>
    internal Func<EncoderFitting, FittedEncoder>? Fit { get; private init; }

    /// <summary>Rules that its options have with the stage's: names start at the stage, as <c>simclr.views</c>.</summary>
    internal IReadOnlyList<OptionRule> Rules { get; init; } = [];

    IReadOnlyList<OptionGroup> IMethod.Groups => [Group];

    /// <summary>A method that is trained step by step.</summary>
    /// <typeparam name="TOptions">Its options: a record whose properties have descriptions, each with its default.</typeparam>
    /// <param name="name">Name on the command line, lower case with hyphens.</param>
    /// <param name="description">What it learns from, and its source, in one line.</param>
    /// <param name="group">Name of its options, lower case with underscores: <c>pretrain.GROUP.*</c>.</param>
    /// <param name="defaults">Its options where nothing else is said.</param>
    /// <param name="create">Makes the objective from what there is to train and the method's options.</param>
    /// <exception cref="AutodidactException">The options are no record, or their name has other signs; kind Usage.</exception>
    public static PretrainMethod Of<TOptions>(
        string name, string description, string group, TOptions defaults, Func<PretrainSetup, TOptions, EncoderObjective> create)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(create);
        return new(name, description, new OptionGroup(group, defaults), setup => create(setup, setup.Options.Methods.Get<TOptions>()));
    }

    /// <summary>A method that fits a feature extractor without gradients.</summary>
    internal static PretrainMethod Fitting<TOptions>(
        string name, string description, string group, TOptions defaults, Func<EncoderFitting, TOptions, FittedEncoder> fit)
        where TOptions : class =>
        new(name, description, new OptionGroup(group, defaults), _ => throw new InvalidOperationException($"{name} has no gradients"))
        {
            Views = _ => 0,
            Fit = fitting => fit(fitting, fitting.Options.Methods.Get<TOptions>()),
        };

    /// <summary>Makes the objective.</summary>
    /// <param name="setup">What there is to train, and the stage's options.</param>
    public EncoderObjective Create(PretrainSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return _create(setup with { Training = setup.Training with { OptionPrefix = $"pretrain.{Group.Name}." } });
    }
}
