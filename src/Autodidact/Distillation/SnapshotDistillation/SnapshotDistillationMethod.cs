namespace Autodidact.Distillation;

/// <summary>Defines <c>snapshot</c>.</summary>
internal static class SnapshotDistillationMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "snapshot",
        "training in cycles, each taught by the end of the one before (Yang et al., CVPR 2019)",
        "snapshot",
        new SnapshotDistillationOptions(),
        (setup, options) => new SnapshotDistillation(setup.Training(), options)) with
    {
        KnowsNoExits = true,
    };
}
