using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// The objective of multinomial logistic regression: mean cross entropy + L2 / 2 * |W|^2. Weights are one matrix (d + 1, classes) whose last row is the bias.
/// </summary>
internal sealed class SoftmaxRegression
{
    private const int LogitsPerBlock = 1 << 20;
    private readonly Tensor _features;
    private readonly Tensor _labels;
    private readonly double _l2;
    private readonly int _blockRows;

    /// <summary>Takes standardised features (rows, d) and their classes.</summary>
    internal SoftmaxRegression(Tensor features, int[] labels, double l2)
    {
        _features = features;
        _labels = tensor(labels, dtype: ScalarType.Int64).unsqueeze(1);
        _l2 = l2;
        Classes = labels.Max() + 1;
        _blockRows = Math.Clamp(LogitsPerBlock / Classes, 512, 16384);
    }

    internal int Classes { get; }

    internal static Tensor Logits(Tensor features, Tensor weights)
    {
        // Weights of a class side by side: the product of so few columns then takes half the time.
        var d = weights.shape[0] - 1;
        return features.mm(weights.narrow(0, 0, d).t().contiguous().t()).add_(weights[d]);
    }

    /// <summary>Loss and gradient; the rows go by in blocks that stay in the cache, and block sums are added in float64.</summary>
    internal (double Loss, Tensor Gradient) LossAndGradient(Tensor weights)
    {
        var rows = (int)_features.shape[0];
        var d = weights.shape[0] - 1;
        var gradient = zeros_like(weights);
        var inner = gradient.narrow(0, 0, d);
        var bias = gradient[d];
        var loss = 0.0;
        foreach (var (row, count) in FeatureTensors.Blocks(rows, _blockRows))
        {
            using var scope = NewDisposeScope();
            var features = _features.narrow(0, row, count);
            var labels = _labels.narrow(0, row, count);
            var logProbabilities = nn.functional.log_softmax(Logits(features, weights), 1);
            loss -= logProbabilities.gather(1, labels).sum(ScalarType.Float64).item<double>();
            var error = logProbabilities.exp_();
            error.scatter_add_(1, labels, full_like(labels, -1, dtype: ScalarType.Float32));

            // Not X' E: of a few columns that product takes a slow path, five to eight times as long as its transpose.
            inner.add_(error.t().mm(features).t());

            // Not sum(0): a literal 0 converts to a ScalarType there, and everything would be summed.
            bias.add_(error.sum([0]));
        }

        gradient.div_(rows);
        var kernel = weights.narrow(0, 0, d);
        inner.add_(kernel, alpha: _l2);
        return ((loss / rows) + (0.5 * _l2 * kernel.square().sum(ScalarType.Float64).item<double>()), gradient);
    }

    /// <summary>
    /// An inverse of the Hessian up to scale. The Hessian lies under half the Kronecker product of the classes' centring matrix and the features' covariance
    /// (Bohning, 1992), so the covariance's inverse undoes the correlations that make plain L-BFGS slow.
    /// </summary>
    internal Func<Tensor, Tensor> Preconditioner()
    {
        using var scope = NewDisposeScope();
        var d = _features.shape[1];
        var covariance = _features.t().mm(_features).to(ScalarType.Float64).div_(_features.shape[0]);
        var ridge = (Classes * _l2) + 1e-3;
        var inverse = linalg.inv(covariance.add_(eye(d, dtype: ScalarType.Float64), alpha: ridge)).to(ScalarType.Float32);
        var kept = inverse.MoveToOuterDisposeScope();
        return gradient => cat([kept.mm(gradient.narrow(0, 0, d)), gradient.narrow(0, d, 1)], 0);
    }
}
