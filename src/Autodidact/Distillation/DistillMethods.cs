using Autodidact.Distillation;
using Autodidact.Objectives;
using Autodidact.Options;

[assembly: OptionGroups(typeof(DistillOptions), typeof(DistillMethods))]

namespace Autodidact.Distillation;

/// <summary>The distillation methods: those of this project, and those a program registers.</summary>
public static class DistillMethods
{
    private static readonly MethodRegistry<DistillMethod> Registry = new("distillation method", typeof(DistillOptions));

    /// <summary>Their order is that of their options.</summary>
    static DistillMethods() => Registry.Register(
    [
        .. SelfDistillationMethod.Variants,
        KnowledgeDistillationMethod.Definition,
        FitNetsMethod.Definition,
        SnapshotDistillationMethod.Definition,
        DataDistortionMethod.Definition,
        S2sdMethod.Definition,
        CompRessMethod.Definition,
        SeedDistillationMethod.Definition,
        MuseStyleMethod.Definition,
        AlternatingClusteringMethod.Definition,
        .. SelfDistillationMethod.UpperBounds,
    ]);

    /// <summary>All methods, those of this project first.</summary>
    public static IReadOnlyList<DistillMethod> All => Registry.All;

    /// <summary>A method by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static DistillMethod Get(string name) => Registry.Get(name);

    /// <summary>
    /// Adds a method: from now on runs can be asked for it by name, and its options have names, defaults and ranges as all others have.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <exception cref="AutodidactException">Its name, or the name or type of its options, is taken; kind Usage.</exception>
    public static void Register(DistillMethod method) => Registry.Register(method);
}
