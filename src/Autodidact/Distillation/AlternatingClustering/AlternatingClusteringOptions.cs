using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>Where the clustering of <see cref="AlternatingClustering"/> starts.</summary>
public enum AlternatingStart
{
    /// <summary>Nowhere: k-means++ each time. The clusters are then numbered so that most images keep their number.</summary>
    Fresh,

    /// <summary>At the clusters as they stand: the means of their images' new features.</summary>
    Warm,
}

/// <summary>The state of the classifiers after a clustering of <see cref="AlternatingClustering"/>.</summary>
public enum AlternatingClassifiers
{
    /// <summary>New random weights for every exit, as the paper has it.</summary>
    Reinitialize,

    /// <summary>
    /// The deepest exit's become the centroids, as in DeepCluster-v2 (but go on to be trained); the others get new random weights.
    /// </summary>
    Centroids,

    /// <summary>They stay: cluster numbers keep their meaning for most images.</summary>
    Keep,
}

/// <summary>
/// When and how <see cref="AlternatingClustering"/> clusters. The weights of the loss are <see cref="SelfDistillationOptions"/>.
/// </summary>
public sealed record AlternatingClusteringOptions
{
    /// <summary>Epochs between two clusterings.</summary>
    [Description("epochs between two clusterings")]
    [Range(1, 100_000)]
    public int Every { get; init; } = 1;

    /// <summary>Epoch of the first clustering, from 0; until then the run's pseudo-labels are the targets.</summary>
    [Description("epoch of the first clustering, counted from 0; until then the run's own pseudo-labels are learned")]
    [Range(0, 100_000)]
    public int FromEpoch { get; init; } = 1;

    /// <summary>Where a clustering starts.</summary>
    [Description("where a clustering starts: fresh (k-means++) or warm (the clusters as they stand)")]
    public AlternatingStart Start { get; init; } = AlternatingStart.Fresh;

    /// <summary>The state of the classifiers after a clustering.</summary>
    [Description("what a clustering makes of the classifiers: reinitialize, centroids (the deepest exit's) or keep")]
    public AlternatingClassifiers Classifiers { get; init; } = AlternatingClassifiers.Reinitialize;

    /// <summary>Most iterations of a clustering; 10 as in DeepCluster-v2.</summary>
    [Description("most iterations of a clustering")]
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 10;
}
