namespace Autodidact.Pretraining;

/// <summary>Defines <c>swav</c>.</summary>
internal static class SwavMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "swav",
        "views predict each other's assignments to prototypes (Caron et al. 2020, arXiv 2006.09882)",
        "swav",
        new SwavOptions(),
        (setup, options) => new Swav(setup.Training, options)) with
    {
        MultiCrop = true,
        Settings = SwavSettings.All,
    };
}
