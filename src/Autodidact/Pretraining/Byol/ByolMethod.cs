namespace Autodidact.Pretraining;

/// <summary>Defines <c>byol</c>.</summary>
internal static class ByolMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "byol",
        "one view's embedding predicts a momentum copy's of the other (Grill et al. 2020, arXiv 2006.07733)",
        "byol",
        new ByolOptions(),
        (setup, options) => new Byol(setup.Training, options)) with
    {
        Settings = ByolSettings.All,
    };
}
