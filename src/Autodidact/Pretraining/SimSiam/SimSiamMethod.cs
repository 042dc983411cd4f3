namespace Autodidact.Pretraining;

/// <summary>Defines <c>simsiam</c>.</summary>
internal static class SimSiamMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "simsiam",
        "one view's embedding predicts the other's, whose gradient is stopped (Chen & He 2021, arXiv 2011.10566)",
        "simsiam",
        new SimSiamOptions(),
        (setup, options) => new SimSiam(setup.Training, options)) with
    {
        Settings = SimSiamSettings.All,
    };
}
