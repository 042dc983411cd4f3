namespace Autodidact.Metrics;

/// <summary>
/// Names each cluster with a class, so that cluster numbers can be scored. A map is fitted on training images and applied to evaluation
/// images: the images that are scored had no say in what their clusters are called.
/// </summary>
internal sealed class ClusterMap
{
    private readonly int[] _classOf;

    private ClusterMap(int[] classOf) => _classOf = classOf;

    /// <summary>Class of each cluster, or -1 for a cluster that held no labelled training image (majority map only).</summary>
    public IReadOnlyList<int> ClassOf => _classOf;

    /// <summary>
    /// Fits the one-to-one map that names most training images rightly (Hungarian matching); its accuracy is the clustering accuracy ACC.
    /// Defined only where there are as many clusters as classes.
    /// </summary>
    /// <param name="clusters">Cluster of each training image, 0 to <paramref name="k"/> - 1.</param>
    /// <param name="labels">Class of each training image, or -1.</param>
    /// <param name="k">Number of clusters.</param>
    /// <param name="classes">Number of classes, equal to <paramref name="k"/>.</param>
    /// <exception cref="ArgumentException">k is not the number of classes, or the lists do not fit.</exception>
    public static ClusterMap FitHungarian(ReadOnlySpan<int> clusters, ReadOnlySpan<int> labels, int k, int classes)
    {
        if (k != classes)
            throw new ArgumentException(
                $"a one-to-one map needs as many clusters as classes, got {k} and {classes}; use the majority map", nameof(k));
        var table = Contingency.Count(clusters, labels, k, classes);
        var gain = new double[k, classes];
        for (var cluster = 0; cluster < k; cluster++)
        {
            for (var label = 0; label < classes; label++)
                gain[cluster, label] = table[cluster, label];
        }

        return new ClusterMap(HungarianAssignment.Maximize(gain));
    }

    /// <summary>
    /// Names each cluster with its most frequent class (the lowest number of equals); its accuracy is the purity. It grows with the number
    /// of clusters, so it compares only runs of equal k.
    /// </summary>
    /// <param name="clusters">Cluster of each training image, 0 to <paramref name="k"/> - 1.</param>
    /// <param name="labels">Class of each training image, or -1.</param>
    /// <param name="k">Number of clusters.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentException">The lists do not fit.</exception>
    public static ClusterMap FitMajority(ReadOnlySpan<int> clusters, ReadOnlySpan<int> labels, int k, int classes)
    {
        var table = Contingency.Count(clusters, labels, k, classes);
        var classOf = new int[k];
        for (var cluster = 0; cluster < k; cluster++)
        {
            var best = -1;
            for (var label = 0; label < classes; label++)
            {
                if (table[cluster, label] > (best < 0 ? 0 : table[cluster, best]))
                    best = label;
            }

            classOf[cluster] = best;
        }

        return new ClusterMap(classOf);
    }

    /// <summary>
    /// Fraction of labelled images whose cluster is named with their class. A cluster without a name answers nothing, which counts as
    /// wrong.
    /// </summary>
    /// <param name="clusters">Cluster of each evaluation image.</param>
    /// <param name="labels">Class of each evaluation image; -1 is left out.</param>
    /// <exception cref="ArgumentException">The lists do not fit, or no image is labelled.</exception>
    public double Accuracy(ReadOnlySpan<int> clusters, ReadOnlySpan<int> labels)
    {
        Contingency.RequireSameLength(clusters, labels);
        int right = 0, labelled = 0;
        for (var i = 0; i < clusters.Length; i++)
        {
            if ((uint)clusters[i] >= (uint)_classOf.Length)
                throw new ArgumentException($"image {i} has cluster {clusters[i]}, expected 0 to {_classOf.Length - 1}", nameof(clusters));
            if (labels[i] < 0)
                continue;
            labelled++;
            right += _classOf[clusters[i]] == labels[i] ? 1 : 0;
        }

        return labelled > 0 ? (double)right / labelled : throw new ArgumentException(
            "no image is labelled, so there is nothing to score", nameof(labels));
    }
}
