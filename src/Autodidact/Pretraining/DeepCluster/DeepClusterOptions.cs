using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="DeepCluster"/>.</summary>
public sealed record DeepClusterOptions
{
    /// <summary>Number of clusters; 0 is one for 100 images, 10 to 10,000.</summary>
    [Description("number of clusters; 0 is one for 100 training images, at least 10 and at most 10000")]
    [Range(0, 1_000_000)]
    public int Clusters { get; init; }

    /// <summary>Principal components of the features that are clustered.</summary>
    [Description("principal components of the features that are whitened and clustered; at most the feature's size")]
    [Range(1, 65536)]
    public int Components { get; init; } = 256;

    /// <summary>Iterations of each clustering.</summary>
    [Description("most iterations of a clustering")]
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 20;
}
