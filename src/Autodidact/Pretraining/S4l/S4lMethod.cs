namespace Autodidact.Pretraining;

/// <summary>Defines <c>s4l</c>.</summary>
internal static class S4lMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "s4l",
        "semi-supervised: rotations of all images, classes of a few (Zhai et al., ICCV 2019, arXiv 1905.03670)",
        "s4l",
        new S4lOptions(),
        (setup, options) => new S4l(setup.Training, options, setup.Labels())) with
    {
        Views = _ => 1,
        UsesLabels = true,
        Settings = S4lSettings.All,
    };
}
