namespace Autodidact.Pretraining;

/// <summary>Defines <c>jigsaw</c>.</summary>
internal static class JigsawMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "jigsaw",
        "by which permutation were its tiles shuffled (Noroozi & Favaro, ECCV 2016)",
        "jigsaw",
        new JigsawOptions(),
        (setup, options) => new Jigsaw(setup.Training, options)) with
    {
        Views = _ => 1,
        Settings = JigsawSettings.All,
    };
}
