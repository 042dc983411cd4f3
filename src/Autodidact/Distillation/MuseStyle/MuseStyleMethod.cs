namespace Autodidact.Distillation;

/// <summary>Defines <c>muse-style</c>.</summary>
internal static class MuseStyleMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "muse-style",
        "deep supervision, and information shared with the deepest exit (after MUSE, Gong et al., BMVC 2021; the estimators are ours)",
        "muse_style",
        new MuseStyleOptions(),
        (setup, options) => new MuseStyle(setup.Training(), options));
}
