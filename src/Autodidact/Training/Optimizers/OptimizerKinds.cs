namespace Autodidact.Training;

/// <summary>The optimizers by their kind.</summary>
internal static class OptimizerKinds
{
    /// <summary>Makes the optimizer that the options name.</summary>
    /// <param name="options">Kind and settings.</param>
    /// <param name="groups">The parameters it is to move.</param>
    public static Optimizer Create(OptimizerOptions options, IReadOnlyList<ParameterGroup> groups) => options.Kind switch
    {
        OptimizerKind.Sgd => new Sgd(options, groups),
        OptimizerKind.AdamW => new AdamW(options, groups),
        OptimizerKind.Lars => new Lars(options, groups),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "unknown optimizer"),
    };
}
