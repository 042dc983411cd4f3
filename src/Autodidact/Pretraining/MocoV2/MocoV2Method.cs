namespace Autodidact.Pretraining;

/// <summary>Defines <c>moco-v2</c>.</summary>
internal static class MocoV2Method
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "moco-v2",
        "contrast of two views against a queue of keys from a slow copy (Chen et al. 2020, arXiv 2003.04297)",
        "moco",
        new MocoOptions(),
        (setup, options) => new MocoV2(setup.Training, options)) with
    {
        Settings = MocoV2Settings.All,
    };
}
