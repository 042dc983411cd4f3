namespace Autodidact.Pretraining;

/// <summary>Defines <c>deepcluster</c>.</summary>
internal static class DeepClusterMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "deepcluster",
        "clusters of the features, anew each epoch (Caron et al. 2018, arXiv 1807.05520)",
        "deepcluster",
        new DeepClusterOptions(),
        (setup, options) => new DeepCluster(setup.Training, options)) with
    {
        Views = _ => 1,
        FeaturePasses = _ => 1,
        Settings = DeepClusterSettings.All,
    };
}
