namespace Autodidact.Pretraining;

/// <summary>Defines <c>deepcluster-v2</c>.</summary>
internal static class DeepClusterV2Method
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "deepcluster-v2",
        "clusters of the last epoch's projections, several at once (Caron et al. 2020, arXiv 2006.09882)",
        "deepcluster_v2",
        new DeepClusterV2Options(),
        (setup, options) => new DeepClusterV2(setup.Training, options)) with
    {
        MultiCrop = true,
        FewestEpochs = 2,
        Settings = DeepClusterV2Settings.All,
    };
}
