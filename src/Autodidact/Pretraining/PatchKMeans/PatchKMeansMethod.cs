namespace Autodidact.Pretraining;

/// <summary>Defines <c>patch-kmeans</c>.</summary>
internal static class PatchKMeansMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Fitting(
        "patch-kmeans",
        "no network and no gradient: k-means of whitened patches (Coates, Lee & Ng 2011)",
        "patch_kmeans",
        new PatchKMeansOptions(),
        PatchEncoder.Fit) with
    {
        Settings = PatchKMeansSettings.All,
    };
}
