using Autodidact.Images;
using Autodidact.Metrics;

namespace Autodidact.Evaluation;

/// <summary>
/// Scores cluster answers for held-out images by labels, for reports alone: each cluster stands for the commonest class of the training
/// images in it. No choice is made by it.
/// </summary>
internal sealed class HeldOutAccuracy
{
    private readonly ClusterMap _map;
    private readonly int[] _labels;

    private HeldOutAccuracy(ClusterMap map, int[] labels)
    {
        _map = map;
        _labels = labels;
    }

    /// <summary>Fits the map; null where the training or the held-out images have no labels.</summary>
    /// <param name="data">Prepared data, which knows where its labels lie.</param>
    /// <param name="assignments">Cluster of each image of the training split, in pack order.</param>
    /// <param name="clusters">Number of clusters.</param>
    /// <param name="train">Positions the map is fitted on.</param>
    /// <param name="heldOut">Positions that are scored.</param>
    public static HeldOutAccuracy? Create(PreparedData data, int[] assignments, int clusters, int[] train, int[] heldOut)
    {
        ArgumentNullException.ThrowIfNull(assignments);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(heldOut);
        if (LabelFiles.TrainLabels(data) is not { } labels)
        {
            return null;
        }

        int[] At(int[] values, int[] positions) => [.. positions.Select(p => values[p])];
        var scored = At(labels, heldOut);
        return Array.Exists(scored, label => label >= 0) && Array.Exists(train, p => labels[p] >= 0)
            ? new HeldOutAccuracy(ClusterMap.FitMajority(At(assignments, train), At(labels, train), clusters, labels.Max() + 1), scored)
            : null;
    }

    /// <summary>Fraction of the labelled held-out images that are answered with a cluster of their class.</summary>
    /// <param name="answers">Cluster of each held-out image.</param>
    public double Of(ReadOnlySpan<int> answers) => _map.Accuracy(answers, _labels);
}
