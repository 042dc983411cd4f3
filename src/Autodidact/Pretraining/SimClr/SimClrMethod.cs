namespace Autodidact.Pretraining;

/// <summary>Defines <c>simclr</c>.</summary>
internal static class SimClrMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "simclr",
        "contrast of views against the batch (Chen et al. 2020, arXiv 2002.05709)",
        "simclr",
        new SimClrOptions { Temperature = 0.1 },
        (setup, options) => new SimClr(setup.Training, options)) with
    {
        Views = o => o.Methods.Get<SimClrOptions>().Views,
        MultiCrop = true,
    };
}
