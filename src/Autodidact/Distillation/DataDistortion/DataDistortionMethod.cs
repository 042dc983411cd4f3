namespace Autodidact.Distillation;

/// <summary>Defines <c>data-distortion</c>.</summary>
internal static class DataDistortionMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "data-distortion",
        "two views of each image teach each other (Xu & Liu, AAAI 2019)",
        "data_distortion",
        new DataDistortionOptions(),
        (setup, options) => new DataDistortion(setup.Training(views: 2), options)) with
    {
        KnowsNoExits = true,
    };
}
