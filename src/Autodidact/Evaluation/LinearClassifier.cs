using System.Runtime.InteropServices;
using Autodidact.Native;
using Autodidact.Ranks;
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

    // Parts of the rows: enough to be shared by many cores, and their gradients take no more memory than what L-BFGS remembers.
    private const int MostParts = 64;
    private const int FewestRows = 512;
    private const int MostRows = 2048;

    /// <summary>Keeps the preconditioner finite where dimensions are constant or copies of each other.</summary>
    private const double LeastRidge = 1e-3;

    private readonly Tensor _features;
    private readonly Tensor _labels;
    private readonly int _blockRows;
    private readonly (int Row, int Count)[] _parts;

    /// <summary>Takes standardised features (rows, d) and their classes.</summary>
    private protected LinearClassifier(Tensor features, int[] labels, double l2)
    {
        _features = features;
        _labels = tensor(labels, dtype: ScalarType.Int64).unsqueeze(1);
        L2 = l2;
        Classes = labels.Max() + 1;
        _blockRows = Math.Clamp(ScoresPerBlock / Classes, FewestRows, MostRows);
        var rows = (int)features.shape[0];
        _parts = [.. FeatureTensors.Blocks(rows, Math.Max(FewestRows, (rows + MostParts - 1) / MostParts))];
    }

    internal int Classes { get; }

    private protected double L2 { get; }

    /// <summary>
    /// The penalty's curvature in terms of the loss's: what stands beside the features' covariance in <see cref="Preconditioner"/>.
    /// </summary>
    private protected abstract double Ridge { get; }

    internal static Tensor Scores(Tensor features, Tensor weights)
    {
        using var kernel = Kernel(weights);
        return Scores(features, kernel, weights[weights.shape[0] - 1]);
    }

    /// <summary>
    /// Loss and gradient; the rows go by in blocks that stay in the cache, and the sums of parts of them are added in their order, in
    /// float64.
    /// </summary>
    internal (double Loss, Tensor Gradient) LossAndGradient(Tensor weights) => LossAndGradient(weights, new WorkShare(null, _parts.Length));

    /// <summary>The minimum of the objective, found by one rank. Others that share the work compute their parts of the gradients.</summary>
    /// <param name="options">End of the fit.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    internal (Tensor Weights, double Loss, int Iterations, bool Converged) Minimize(
        LinearProbeOptions options, CancellationToken cancellationToken)
    {
        var preconditioner = Preconditioner();
        var start = zeros(_features.shape[1] + 1, Classes);
        var share = Share(start);
        if (!share.IsFirst)
        {
            while (share.Agree(true)) LossAndGradient(start, share).Gradient.Dispose();
            double[] end = [0, 0, 0];
            share.FromFirst(start.bytes);
            share.FromFirst(MemoryMarshal.AsBytes(end.AsSpan()));
            return (start, end[0], (int)end[1], end[2] != 0);
        }

        var found = Lbfgs.Minimize(
            weights =>
            {
                share.Agree(true);
                return LossAndGradient(weights, share);
            },
            preconditioner,
            start,
            options.LossTolerance,
            options.MaxIterations,
            cancellationToken);
        if (share.IsDivided)
        {
            share.Agree(false);
            double[] end = [found.Loss, found.Iterations, found.Converged ? 1 : 0];
            share.FromFirst(found.Solution.bytes);
            share.FromFirst(MemoryMarshal.AsBytes(end.AsSpan()));
        }

        return found;
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
        using (var products = DividedProducts.Gram(_features.t()))
            covariance = products.to(ScalarType.Float64).DivideInPlace(rows);

        // In place, no identity beside it: with features of 16,000 dimensions each such matrix takes 2 GB.
        covariance.diagonal().AddInPlace(Ridge + LeastRidge);
        var kept = DividedProducts.Inverse(covariance).MoveToOuterDisposeScope();
        return gradient => DividedProducts.Product(kept, gradient);
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
        var products = DividedProducts.Gram(x);
        products.diagonal().AddInPlace(rows * ridge);
        DividedProducts.Cholesky(products);
        DividedProducts.SolveLower(products, x);
        var kept = x.MoveToOuterDisposeScope();
        return vectors =>
        {
            using var _ = NewDisposeScope();
            var v = vectors.to(ScalarType.Float64);
            var within = DividedProducts.Product(kept.t(), DividedProducts.Product(kept, v));
            return (v - within).DivideInPlace(ridge).to(ScalarType.Float32).MoveToOuterDisposeScope();
        };
    }

    /// <summary>This rank's parts of the rows, in all gradients of a fit.</summary>
    private WorkShare Share(Tensor weights)
    {
        // Ranks hold the gradients of all parts, and a span holds no more than 2 GB.
        const long MostBytes = 1L << 30;
        var (parts, bytes) = (_parts.Length, _parts.Length * weights.numel() * sizeof(float));
        return bytes > MostBytes
            ? new WorkShare(null, parts)
            : SharedWork.Divide("gradients", parts, 4.0 * _features.shape[0] * weights.numel(), bytes);
    }

    private (double Loss, Tensor Gradient) LossAndGradient(Tensor weights, WorkShare share)
    {
        share.Meet();
        share.FromFirst(share.IsDivided ? weights.bytes : []);
        using var kernel = Kernel(weights);
        using var bias = weights[weights.shape[0] - 1];
        using var sum = zeros(weights.shape, ScalarType.Float64);
        var loss = share.IsDivided ? AddDivided(share, kernel, bias, sum) : AddAll(kernel, bias, sum);
        var rows = _features.shape[0];
        var gradient = sum.DivideInPlace(rows).to(weights.dtype);
        using var scope = NewDisposeScope();
        var inner = weights.narrow(0, 0, weights.shape[0] - 1);
        gradient.narrow(0, 0, inner.shape[0]).AddInPlace(inner, L2);
        return ((loss / rows) + (0.5 * L2 * inner.square().sum(ScalarType.Float64).item<double>()), gradient);
    }

    /// <summary>Adds the gradients of all parts of the rows; gives the losses' sum.</summary>
    private double AddAll(Tensor kernel, Tensor bias, Tensor sum)
    {
        var loss = 0.0;
        TorchWork.InOrder(
            _parts.Length,
            number =>
            {
                var gradient = zeros(sum.shape, kernel.dtype);
                var partLoss = Add(_parts[number], kernel, bias, gradient);
                return (Loss: partLoss, Gradient: gradient.DetachFromDisposeScope());
            },
            part =>
            {
                loss += part.Loss;
                using (part.Gradient) sum.AddInPlace(part.Gradient);
            });
        return loss;
    }

    /// <summary>The same where ranks have some parts each: every rank adds all of them, in their order.</summary>
    private double AddDivided(WorkShare share, Tensor kernel, Tensor bias, Tensor sum)
    {
        var losses = new double[_parts.Length];
        using var gradients = zeros([_parts.Length, .. sum.shape], ScalarType.Float32);
        TorchWork.Run(share.Count, piece =>
        {
            var number = share.First + piece;
            losses[number] = Add(_parts[number], kernel, bias, gradients[number]);
        });
        var size = (int)sum.numel();
        share.Complete(losses, 1);
        share.Complete<float>(_parts.Length, 1, (first, count) => FeatureTensors.Values(gradients).Slice(first * size, count * size));
        var loss = 0.0;
        for (var number = 0; number < _parts.Length; number++)
        {
            using var gradient = gradients[number];
            loss += losses[number];
            sum.AddInPlace(gradient);
        }

        return loss;
    }

    /// <summary>Adds the derivative of some rows' losses; gives the losses' sum.</summary>
    private double Add((int Row, int Count) part, Tensor kernel, Tensor bias, Tensor gradient)
    {
        var loss = 0.0;
        var d = gradient.shape[0] - 1;
        foreach (var (row, count) in FeatureTensors.Blocks(part.Count, _blockRows))
        {
            using var scope = NewDisposeScope();
            var features = _features.narrow(0, part.Row + row, count);
            var (blockLoss, error) = Block(Scores(features, kernel, bias), _labels.narrow(0, part.Row + row, count));
            loss += blockLoss;

            // Not X' E: of a few columns that product takes a slow path, five to eight times as long as its transpose.
            gradient.narrow(0, 0, d).AddInPlace(error.t().mm(features).t());

            // Not sum(0): a literal 0 converts to a ScalarType there, and everything would be summed.
            gradient[d].AddInPlace(error.sum([0]));
        }

        return loss;
    }

    private static Tensor Scores(Tensor features, Tensor kernel, Tensor bias) => features.mm(kernel).AddInPlace(bias);

    /// <summary>Weights of a class side by side: the product of so few columns then takes half the time.</summary>
    private static Tensor Kernel(Tensor weights)
    {
        using var scope = NewDisposeScope();
        return weights.narrow(0, 0, weights.shape[0] - 1).t().contiguous().t().MoveToOuterDisposeScope();
    }

    /// <summary>The loss of some rows, summed, and its derivative by their scores.</summary>
    /// <param name="scores">(rows, classes); the method may overwrite them.</param>
    /// <param name="labels">int64 (rows, 1): classes.</param>
    private protected abstract (double Loss, Tensor Error) Block(Tensor scores, Tensor labels);
}
