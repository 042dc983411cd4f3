using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// The objective of a linear classifier: mean over rows of a loss of the row's scores + L2 / 2 * |W|^2. Weights are one matrix (d + 1,
/// classes) whose last row is the bias, which is not penalised.
/// </summary>
internal abstract class LinearClassifier
{
    private const int ScoresPerBlock = 1 << 20;

    /// <summary>Keeps the preconditioner finite where dimensions are constant or copies of each other.</summary>
    private const double LeastRidge = 1e-3;

    private readonly Tensor _features;
    private readonly Tensor _labels;
    private readonly int _blockRows;

    /// <summary>Takes standardised features (rows, d) and their classes.</summary>
    private protected LinearClassifier(Tensor features, int[] labels, double l2)
    {
        _features = features;
        _labels = tensor(labels, dtype: ScalarType.Int64).unsqueeze(1);
        L2 = l2;
        Classes = labels.Max() + 1;
        _blockRows = Math.Clamp(ScoresPerBlock / Classes, 512, 16384);
    }

    internal int Classes { get; }

    private protected double L2 { get; }

    /// <summary>
    /// The penalty's curvature in terms of the loss's: what stands beside the features' covariance in <see cref="Preconditioner"/>.
    /// </summary>
    private protected abstract double Ridge { get; }

    internal static Tensor Scores(Tensor features, Tensor weights)
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
            var (blockLoss, error) = Block(Scores(features, weights), _labels.narrow(0, row, count));
            loss += blockLoss;

            // Not X' E: of a few columns that product takes a slow path, five to eight times as long as its transpose.
            inner.add_(error.t().mm(features).t());

            // Not sum(0): a literal 0 converts to a ScalarType there, and everything would be summed.
            bias.add_(error.sum([0]));
        }

        gradient.div_(rows);
        var kernel = weights.narrow(0, 0, d);
        inner.add_(kernel, alpha: L2);
        return ((loss / rows) + (0.5 * L2 * kernel.square().sum(ScalarType.Float64).item<double>()), gradient);
    }

    /// <summary>
    /// An inverse of the Hessian up to scale, as far as the features' covariance makes it: undoing their correlations is what makes L-BFGS
    /// quick.
    /// </summary>
    internal Func<Tensor, Tensor> Preconditioner()
    {
        var (rows, d) = (_features.shape[0], _features.shape[1]);

        // Rows by dimensions in float64, or dimensions squared in float32: the smaller.
        Func<Tensor, Tensor> inverse = 2 * rows < d ? InverseByRows(rows) : InverseByDimensions(rows);
        return gradient => cat([inverse(gradient.narrow(0, 0, d)), gradient.narrow(0, d, 1)], 0);
    }

    /// <summary>Multiplies by (X' X / rows + ridge I)^-1, a matrix (d, d).</summary>
    private Func<Tensor, Tensor> InverseByDimensions(long rows)
    {
        using var scope = NewDisposeScope();
        Tensor covariance;
        using (var products = _features.t().mm(_features))
            covariance = products.to(ScalarType.Float64).div_(rows);

        // In place, no identity beside it: with features of 16,000 dimensions each such matrix takes 2 GB.
        covariance.diagonal().add_(Ridge + LeastRidge);
        var kept = linalg.cholesky(covariance).cholesky_inverse().to(ScalarType.Float32).MoveToOuterDisposeScope();
        return kept.mm;
    }

    /// <summary>
    /// The same by a matrix (rows, rows) where that is the smaller (Woodbury's identity): (I - B' B) / ridge, where L L' = X X' + rows *
    /// ridge I and L B = X. In float64 throughout: where the features are strong, little is left of that difference.
    /// </summary>
    private Func<Tensor, Tensor> InverseByRows(long rows)
    {
        using var scope = NewDisposeScope();
        var ridge = Ridge + LeastRidge;
        var x = _features.to(ScalarType.Float64);
        var products = x.mm(x.t());
        products.diagonal().add_(rows * ridge);
        var kept = linalg.solve_triangular(linalg.cholesky(products), x, upper: false).MoveToOuterDisposeScope();
        return vectors =>
        {
            using var _ = NewDisposeScope();
            var v = vectors.to(ScalarType.Float64);
            return (v - kept.t().mm(kept.mm(v))).div_(ridge).to(ScalarType.Float32).MoveToOuterDisposeScope();
        };
    }

    /// <summary>The loss of some rows, summed, and its derivative by their scores.</summary>
    /// <param name="scores">(rows, classes); the method may overwrite them.</param>
    /// <param name="labels">int64 (rows, 1): classes.</param>
    private protected abstract (double Loss, Tensor Error) Block(Tensor scores, Tensor labels);
}
