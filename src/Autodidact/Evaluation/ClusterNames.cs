using Autodidact.Images;

namespace Autodidact.Evaluation;

/// <summary>Names for clusters from labels, after training: each cluster is called what most of its labelled training images are.</summary>
internal static class ClusterNames
{
    /// <summary>A name for each cluster; null where there are no labels.</summary>
    /// <param name="data">Prepared data, with its labels.</param>
    /// <param name="assignments">Cluster of each training image, in pack order.</param>
    /// <param name="clusters">Number of clusters.</param>
    public static IReadOnlyList<string>? Majority(PreparedData data, int[] assignments, int clusters)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(assignments);
        var labels = data.TrainLabels.Open();
        if (labels.Labelled == 0)
        {
            return null;
        }

        var counts = new int[clusters, labels.Classes.Count];
        for (var i = 0; i < assignments.Length; i++)
        {
            if (labels[i] >= 0)
            {
                counts[assignments[i], labels[i]]++;
            }
        }

        return [.. Enumerable.Range(0, clusters).Select(Name)];

        string Name(int cluster)
        {
            var best = Enumerable.Range(0, labels.Classes.Count).MaxBy(c => counts[cluster, c]);
            return counts[cluster, best] > 0 ? labels.Classes[best] : FormattableString.Invariant($"cluster {cluster}");
        }
    }
}
