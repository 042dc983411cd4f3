using Autodidact.Native;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Shifts and scales each dimension to mean 0 and standard deviation 1 on the rows it was fitted on; a constant dimension becomes 0
/// everywhere.
/// </summary>
internal sealed class Standardizer
{
    private const int RowBlock = 1024;
    private readonly Tensor _mean;
    private readonly Tensor _scale;

    private Standardizer(Tensor mean, Tensor scale) => (_mean, _scale) = (mean, scale);

    /// <summary>Fits on all rows, sums in float64. The tensors belong to the caller's dispose scope.</summary>
    internal static Standardizer Fit(FeatureMatrix matrix)
    {
        var mean = zeros(matrix.Columns, dtype: ScalarType.Float64);
        FeatureTensors.Sum(mean, matrix, RowBlock, rows => rows.sum([0], type: ScalarType.Float64));
        mean.DivideInPlace(matrix.Rows);
        if (!mean.isfinite().all().item<bool>())
            throw new ArgumentException("features are not finite: the model that made them has diverged", nameof(matrix));
        var variance = zeros_like(mean);
        FeatureTensors.Sum(variance, matrix, RowBlock, rows => rows.to(ScalarType.Float64).SubtractInPlace(mean).square().sum([0]));
        var deviation = variance.DivideInPlace(matrix.Rows).sqrt_();

        // Below float32's resolution of the mean a spread is rounding, not information.
        var constant = deviation.le(mean.abs().mul(1e-6).add(1e-12));
        var scale = where(constant, zeros_like(deviation), deviation.reciprocal());
        return new Standardizer(mean.to(ScalarType.Float32), scale.to(ScalarType.Float32));
    }

    /// <summary>Standardised rows as a new tensor (count, columns).</summary>
    internal Tensor Transform(FeatureMatrix matrix, int row, int count)
    {
        var result = empty(count, matrix.Columns, dtype: ScalarType.Float32);
        var blocks = FeatureTensors.Blocks(count, RowBlock).ToArray();
        TorchWork.Run(blocks.Length, number =>
        {
            var (start, rows) = blocks[number];
            result.narrow(0, start, rows).copy_(FeatureTensors.Block(matrix, row + start, rows).SubtractInPlace(_mean).mul_(_scale));
        });
        return result;
    }
}
