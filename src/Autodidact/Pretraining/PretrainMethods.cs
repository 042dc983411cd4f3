using Autodidact.Objectives;
using Autodidact.Options;
using Autodidact.Pretraining;

[assembly: OptionGroups(typeof(PretrainOptions), typeof(PretrainMethods))]

namespace Autodidact.Pretraining;

/// <summary>The pre-training methods: those of this project, and those a program registers.</summary>
public static class PretrainMethods
{
    private static readonly MethodRegistry<PretrainMethod> Registry = new("pre-training method", typeof(PretrainOptions));

    /// <summary>Their order is that of their options.</summary>
    static PretrainMethods() => Registry.Register(
        SimClrMethod.Definition,
        ByolMethod.Definition,
        SimSiamMethod.Definition,
        BarlowTwinsMethod.Definition,
        VicRegMethod.Definition,
        EmpSslMethod.Definition,
        DinoMethod.Definition,
        MocoV2Method.Definition,
        SwavMethod.Definition,
        DeepClusterV2Method.Definition,
        DeepClusterMethod.Definition,
        RotNetMethod.Definition,
        NpidMethod.Definition,
        RotationDecouplingMethod.Definition,
        JigsawMethod.Definition,
        ContextPredictionMethod.Definition,
        S4lMethod.Definition,
        PatchKMeansMethod.Definition);

    /// <summary>All methods, those of this project first.</summary>
    public static IReadOnlyList<PretrainMethod> All => Registry.All;

    /// <summary>A method by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static PretrainMethod Get(string name) => Registry.Get(name);

    /// <summary>A method by name; null where this program does not know it, such as that of a run with a plug-in.</summary>
    internal static PretrainMethod? Find(string name) => Registry.Find(name);

    /// <summary>
    /// Adds a method: from now on runs can be asked for it by name, and its options have names, defaults and ranges as all others have.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <exception cref="AutodidactException">Its name, or the name or type of its options, is taken; kind Usage.</exception>
    public static void Register(PretrainMethod method) => Registry.Register(method);
}
