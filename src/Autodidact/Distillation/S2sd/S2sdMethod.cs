namespace Autodidact.Distillation;

/// <summary>Defines <c>s2sd</c>.</summary>
internal static class S2sdMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "s2sd",
        "similarities within a batch from larger embeddings of the same feature (Roth et al., ICML 2021)",
        "s2sd",
        new S2sdOptions(),
        (setup, options) => new S2sd(setup.Training(), options)) with
    {
        KnowsNoExits = true,
    };
}
