namespace Autodidact.Pretraining;

/// <summary>Defines <c>context-prediction</c>.</summary>
internal static class ContextPredictionMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "context-prediction",
        "on which side of one patch does another lie (Doersch et al., ICCV 2015)",
        "context_prediction",
        new ContextPredictionOptions(),
        (setup, options) => new ContextPrediction(setup.Training, options)) with
    {
        Views = _ => 1,
        Settings = ContextPredictionSettings.All,
    };
}
