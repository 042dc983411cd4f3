using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Options;
using Autodidact.Training;

namespace Autodidact.Distillation;

/// <summary>A distillation method: a name, the options that it brings, and how its objective is made.</summary>
public sealed record DistillMethod : IMethod
{
    private readonly Func<DistillSetup, IObjective> _create;

    private DistillMethod(string name, string description, OptionGroup group, Func<DistillSetup, IObjective> create)
    {
        Name = name;
        Description = description;
        Group = group;
        _create = create;
    }

    /// <summary>Name on the command line.</summary>
    public string Name { get; }

    /// <summary>The student's task, and the source, in one line.</summary>
    public string Description { get; }

    /// <summary>The options it brings, <c>distill.GROUP.*</c>; variants of one method share them.</summary>
    public OptionGroup Group { get; }

    /// <summary>
    /// Weights of self-distillation that the name stands for, which <c>distill.loss</c> starts from; null for a method with options of its
    /// own.
    /// </summary>
    public SelfDistillationOptions? Loss { get; init; }

    /// <summary>Branches that the published form has, which <c>distill.branch</c> starts from; null leaves the preset's.</summary>
    public BranchDesign? Branch { get; init; }

    /// <summary>
    /// Attention that the published form has or has not, which <c>distill.attention</c> starts from; null leaves the preset's.
    /// </summary>
    public bool? Attention { get; init; }

    /// <summary>
    /// Whether the targets are labels: an upper bound to compare with, no method of SSSD. Refused unless
    /// <see cref="DistillOptions.AllowLabels"/> says so.
    /// </summary>
    public bool UsesLabels { get; init; }

    /// <summary>
    /// Whether the student's answers are clusters or classes of its own: the run's pseudo-labels do not say what they mean.
    /// </summary>
    public bool OwnClusters { get; init; }

    /// <summary>Whether <see cref="DistillOptions.EveryExit"/> may be false.</summary>
    public bool KnowsNoExits { get; init; }

    /// <summary>Whether the encoder is run on the student's views.</summary>
    public bool RunsEncoder { get; init; }

    /// <summary>Whether <see cref="DistillOptions.Teacher"/> may name a run.</summary>
    public bool TakesTeacher { get; init; }

    /// <summary>Names of the groups of options beside <c>distill.loss</c> that it reads, as <c>distill.GROUP.*</c> spells them.</summary>
    public IReadOnlyList<string> OptionGroups =>
        [.. Groups.Where(group => group.Type != typeof(SelfDistillationOptions)).Select(group => group.Name)];

    /// <summary>Feature passes over the training images, an epoch.</summary>
    public Func<DistillOptions, double> FeaturePasses { get; init; } = _ => 0;

    /// <summary>Groups of other methods that it reads too.</summary>
    internal IReadOnlyList<OptionGroup> Reads { get; init; } = [];

    /// <summary>Rules that its options have with the stage's: names start at the stage, as <c>kd.temperature</c>.</summary>
    internal IReadOnlyList<OptionRule> Rules { get; init; } = [];

    IReadOnlyList<OptionGroup> IMethod.Groups => Groups;

    private IReadOnlyList<OptionGroup> Groups => [Group, .. Reads];

    /// <summary>A method with options of its own.</summary>
    /// <typeparam name="TOptions">Its options: a record whose properties have descriptions, each with its default.</typeparam>
    /// <param name="name">Name on the command line, lower case with hyphens.</param>
    /// <param name="description">What the student learns, and the source, in one line.</param>
    /// <param name="group">Name of its options, lower case with underscores: <c>distill.GROUP.*</c>.</param>
    /// <param name="defaults">Its options where nothing else is said.</param>
    /// <param name="create">Makes the objective from what there is to train and the method's options.</param>
    /// <exception cref="AutodidactException">The options are no record, or their name has other signs; kind Usage.</exception>
    public static DistillMethod Of<TOptions>(
        string name, string description, string group, TOptions defaults, Func<DistillSetup, TOptions, IObjective> create)
        where TOptions : class => Of(name, description, new OptionGroup(group, defaults), create);

    /// <summary>A method with options that others have too.</summary>
    internal static DistillMethod Of<TOptions>(
        string name, string description, OptionGroup group, Func<DistillSetup, TOptions, IObjective> create)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(create);
        return new(name, description, group, setup => create(setup, setup.Get<TOptions>()));
    }

    /// <summary>Makes the objective.</summary>
    /// <param name="setup">What there is to train, and the stage's options.</param>
    public IObjective Create(DistillSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return _create(setup with { OptionPrefix = $"distill.{Group.Name}." });
    }
}
