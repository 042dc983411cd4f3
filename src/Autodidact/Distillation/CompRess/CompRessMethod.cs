namespace Autodidact.Distillation;

/// <summary>Defines <c>compress</c>.</summary>
internal static class CompRessMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "compress",
        "similarities to a memory of anchors from the encoder (CompRess, Abbasi Koohpayegani et al., NeurIPS 2020)",
        "compress",
        new CompRessOptions(),
        (setup, options) => setup.WithEncoder((encoder, features) => new CompRess(setup.Training(), options, encoder, features))) with
    {
        KnowsNoExits = true,
        RunsEncoder = true,
    };
}
