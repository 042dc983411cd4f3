using Autodidact.Evaluation;
using Autodidact.Native;
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
    private const int BlockRows = 1024;

    /// <summary>Variances below this part of the largest count as this: what is noise of rounding is not to be blown up.</summary>
    private const double LeastVariance = 1e-6;

    /// <summary>Whitened rows of length 1 (a row at the mean stays zeros), owned by the caller.</summary>
    /// <param name="features">The features.</param>
    /// <param name="components">Components kept; at most as many as columns.</param>
    public static FeatureMatrix Apply(FeatureMatrix features, int components)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var mean = zeros(features.Columns, dtype: ScalarType.Float64, device: CPU);
        FeatureTensors.Sum(mean, features, BlockRows, rows => rows.to(ScalarType.Float64).sum([0L]));
        mean.div_(features.Rows);
        var covariance = zeros(features.Columns, features.Columns, dtype: ScalarType.Float64, device: CPU);
        FeatureTensors.Sum(covariance, features, BlockRows, rows =>
        {
            var centred = rows.to(ScalarType.Float64) - mean;
            return mm(centred.t(), centred);
        });
        covariance.div_(features.Rows);
        var (values, vectors) = linalg.eigh(covariance);

        // Ascending: the largest are the last.
        var kept = Math.Min(components, features.Columns);
        var largest = Math.Max(values.max().item<double>(), 1e-12);
        var scales = values.narrow(0, features.Columns - kept, kept).clamp_min(LeastVariance * largest).rsqrt();
        var projection = vectors.narrow(1, features.Columns - kept, kept).mul(scales);
        var whitened = new FeatureMatrix(features.Rows, kept);
        var blocks = FeatureTensors.Blocks(features.Rows, BlockRows).ToArray();
        TorchWork.Run(blocks.Length, number =>
        {
            var (row, count) = blocks[number];
            var rows = mm(FeatureTensors.Block(features, row, count).to(ScalarType.Float64) - mean, projection);
            var lengths = rows.square().sum([1L], keepdim: true).sqrt().clamp_min(1e-12);
            FeatureTensors.Values((rows / lengths).to(ScalarType.Float32).contiguous()).CopyTo(whitened.Block(row, count));
        });

        return whitened;
    }
}
