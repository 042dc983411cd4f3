namespace Autodidact.Distillation;

/// <summary>Defines <c>seed</c>.</summary>
internal static class SeedDistillationMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "seed",
        "similarities to a queue and to the image itself from the encoder (SEED, Fang et al., ICLR 2021)",
        "seed",
        new SeedDistillationOptions(),
        (setup, options) =>
            setup.WithEncoder((encoder, features) => new SeedDistillation(setup.Training(), options, encoder, features))) with
    {
        KnowsNoExits = true,
        RunsEncoder = true,
    };
}
