using Autodidact.Evaluation;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Features as DeepCluster clusters them (arXiv 1807.05520): their largest principal components, each scaled to variance 1, then rows of
/// length 1.
/// </summary>
/// <remarks>x -> V^T (x - mean) / sqrt(eigenvalue), with V the eigenvectors of the covariance (divided by n), in float64.</remarks>
internal static class PcaWhitening
{
    private const int BlockRows = 4096;

    /// <summary>Variances below this part of the largest count as this: what is noise of rounding is not to be blown up.</summary>
    private const double LeastVariance = 1e-6;

    /// <summary>Whitened rows of length 1 (a row at the mean stays zeros), owned by the caller.</summary>
    /// <param name="features">The features.</param>
    /// <param name="components">Components kept; at most as many as columns.</param>
    public static FeatureMatrix Apply(FeatureMatrix features, int components)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var mean = Sum(features, rows => rows.sum([0L])).div(features.Rows);
        var covariance = Sum(features, rows =>
        {
            var centred = rows - mean;
            return mm(centred.t(), centred);
        }).div(features.Rows);
        var (values, vectors) = linalg.eigh(covariance);

        // Ascending: the largest are the last.
        var kept = Math.Min(components, features.Columns);
        var largest = Math.Max(values.max().item<double>(), 1e-12);
        var scales = values.narrow(0, features.Columns - kept, kept).clamp_min(LeastVariance * largest).rsqrt();
        var projection = vectors.narrow(1, features.Columns - kept, kept).mul(scales);
        var whitened = new FeatureMatrix(features.Rows, kept);
        foreach (var (row, count) in FeatureTensors.Blocks(features.Rows, BlockRows))
        {
            using var block = NewDisposeScope();
            var rows = mm(FeatureTensors.Block(features, row, count).to(ScalarType.Float64) - mean, projection);
            var lengths = rows.square().sum([1L], keepdim: true).sqrt().clamp_min(1e-12);
            FeatureTensors.Values((rows / lengths).to(ScalarType.Float32).contiguous()).CopyTo(whitened.Block(row, count));
        }

        return whitened;
    }

    /// <summary>Sum of something over blocks of rows, in float64.</summary>
    private static Tensor Sum(FeatureMatrix features, Func<Tensor, Tensor> part)
    {
        Tensor? sum = null;
        foreach (var (row, count) in FeatureTensors.Blocks(features.Rows, BlockRows))
        {
            using var block = NewDisposeScope();
            var value = part(FeatureTensors.Block(features, row, count).to(ScalarType.Float64));
            if (sum is null) sum = value.MoveToOuterDisposeScope();
            else sum.add_(value);
        }

        return sum!;
    }
}
