namespace Autodidact.Pretraining;

/// <summary>Defines <c>vicreg</c>.</summary>
internal static class VicRegMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "vicreg",
        "two views attract, dimensions keep their variance and decorrelate (Bardes et al. 2022, arXiv 2105.04906)",
        "vicreg",
        new VicRegOptions(),
        (setup, options) => new VicReg(setup.Training, options)) with
    {
        Settings = VicRegSettings.All,
    };
}
