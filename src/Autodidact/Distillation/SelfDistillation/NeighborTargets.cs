using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>Pseudo-labels in the light of the clusters of an image's nearest neighbours. Constructions of this project.</summary>
/// <remarks>
/// With y_0 the cluster of an image and y_1 .. y_n those of its n nearest neighbours, q_k = (number of j in 0..n with y_j = k) / (n + 1) is
/// a target that neighbours agree on, and a = (number of j in 1..n with y_j = y_0) / n says how far they agree with the image's own; w =
/// a^p / mean of a^p over all images weights its cross entropy.
/// </remarks>
internal static class NeighborTargets
{
    /// <summary>The targets q.</summary>
    /// <param name="clusters">int32 or int64 [B, 1 + n]: the image's own cluster, then its neighbours'.</param>
    /// <param name="count">Number of clusters K.</param>
    /// <param name="type">Type of the result.</param>
    /// <returns>float [B, K]; rows sum to 1.</returns>
    /// <exception cref="ArgumentException">There is no column.</exception>
    public static Tensor Assign(Tensor clusters, long count, ScalarType type = ScalarType.Float32)
    {
        Check(clusters, 1);
        var share = full(clusters.shape, 1.0 / clusters.shape[1], dtype: type, device: clusters.device);
        return zeros([clusters.shape[0], count], dtype: type, device: clusters.device)
            .scatter_add_(1, clusters.to(ScalarType.Int64), share);
    }

    /// <summary>The weights w, which are 1 on the average; all are 1 where no image has an agreeing neighbour.</summary>
    /// <param name="clusters">int32 or int64 [N, 1 + n] of all images: the image's own cluster, then its neighbours'.</param>
    /// <param name="exponent">p, 0 or more; the larger, the less the images count whose neighbours disagree.</param>
    /// <returns>float64 [N].</returns>
    /// <exception cref="ArgumentException">There is no neighbour, or the exponent is negative.</exception>
    public static Tensor Weights(Tensor clusters, double exponent)
    {
        Check(clusters, 2);
        if (!(exponent >= 0 && double.IsFinite(exponent)))
        {
            throw new ArgumentException($"expected an exponent of 0 or more, got {exponent}", nameof(exponent));
        }

        var neighbors = clusters.shape[1] - 1;
        var powers = clusters.narrow(1, 1, neighbors).eq(clusters.narrow(1, 0, 1)).to(ScalarType.Float64).mean([1]).pow(exponent);
        var mean = powers.mean();
        return mean.item<double>() > 0 ? powers / mean : ones_like(powers);
    }

    private static void Check(Tensor clusters, long columns)
    {
        if (clusters.dim() != 2 || clusters.shape[1] < columns)
        {
            throw new ArgumentException(
                $"expected clusters of the image and its neighbours in {columns} columns or more, "
                + $"got [{string.Join(", ", clusters.shape)}]",
                nameof(clusters));
        }
    }
}
