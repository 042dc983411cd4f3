using Autodidact.Metrics;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>Measures embeddings without labels; the training loop stops a run whose figures say it has collapsed.</summary>
internal static class RepresentationMonitor
{
    private const int RowBlock = 2048;

    /// <summary>Measures all rows; the cost of the uniformity grows with their square, so a monitor passes a few thousand.</summary>
    /// <param name="first">Embeddings of one view of the images; scaled to length 1 here.</param>
    /// <param name="second">
    /// Embeddings of another view of the same images, in the same order, or null. With it the uniformity is the mean over both views, as
    /// Wang and Isola's code has it, and the alignment is measured; standard deviations and rank always speak of <paramref name="first"/>.
    /// </param>
    /// <exception cref="ArgumentException">Fewer than two rows, shapes that differ, or a value that is not finite.</exception>
    public static RepresentationStatistics Measure(FeatureMatrix first, FeatureMatrix? second = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (first.Rows < 2)
            throw new ArgumentException($"statistics need at least 2 embeddings, got {first.Rows}", nameof(first));
        if (second is not null && (second.Rows != first.Rows || second.Columns != first.Columns))
        {
            throw new ArgumentException(
                $"views differ in shape: ({first.Rows}, {first.Columns}) and ({second.Rows}, {second.Columns})", nameof(second));
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = FeatureTensors.NormalizedBlock(first, 0, first.Rows);
        if (!x.isfinite().all().item<bool>())
            throw new ArgumentException("embeddings are not finite: the model that made them has diverged", nameof(first));
        var deviations = x.to(ScalarType.Float64).std(0, unbiased: false);
        var uniformity = Uniformity(x);
        double? alignment = null;
        if (second is not null)
        {
            var y = FeatureTensors.NormalizedBlock(second, 0, second.Rows);
            alignment = (x - y).square().sum(1).mean([0], type: ScalarType.Float64).item<double>();
            uniformity = 0.5 * (uniformity + Uniformity(y));
        }

        return new RepresentationStatistics(
            deviations.mean().item<double>(), deviations.min().item<double>(), EffectiveRank(x), uniformity, alignment);
    }

    /// <summary>exp of the entropy of the singular values; they are the roots of the eigenvalues of the smaller Gram matrix.</summary>
    private static double EffectiveRank(Tensor x)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float64);
        var gram = wide.shape[0] < wide.shape[1] ? wide.mm(wide.t()) : wide.t().mm(wide);
        var singular = linalg.eigvalsh(gram).clamp_min(0).sqrt();
        var shares = singular / singular.sum().clamp_min(1e-300);
        return Math.Exp(-xlogy(shares, shares).sum().item<double>());
    }

    /// <summary>
    /// log of the mean of exp(-2 |x - y|^2) = exp(4 (cosine - 1)) over unordered pairs of different rows, block by block.
    /// </summary>
    private static double Uniformity(Tensor x)
    {
        var rows = (int)x.shape[0];
        var sum = 0.0;
        foreach (var (row, count) in FeatureTensors.Blocks(rows, RowBlock))
        {
            foreach (var (column, width) in FeatureTensors.Blocks(row + count, RowBlock))
            {
                using var scope = NewDisposeScope();
                var potential = x.narrow(0, row, count).mm(x.narrow(0, column, width).t()).sub_(1).mul_(4).clamp_max_(0).exp_();
                var block = row == column ? potential.tril(-1) : potential;
                sum += block.sum(ScalarType.Float64).item<double>();
            }
        }

        return Math.Log(sum / (0.5 * rows * (rows - 1)));
    }
}
