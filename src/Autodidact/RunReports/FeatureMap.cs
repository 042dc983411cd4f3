using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Serialization;
using static TorchSharp.torch;

namespace Autodidact.RunReports;

/// <summary>Features in the plane.</summary>
/// <param name="Positions">Training images that are shown, an even sample of all.</param>
/// <param name="Principal">Their first two principal components, x and y by turns.</param>
/// <param name="Neighbours">Their places by t-SNE, x and y by turns; null for fewer images than it needs.</param>
internal sealed record FeatureMap(int[] Positions, float[] Principal, float[]? Neighbours)
{
    private const int Components = 50;
    private const double Perplexity = 30;
    private const int FewestForTSne = 16;

    // Subspace iteration: dimensions beyond those wanted, rounds, and the irrational stride of a start that is the same everywhere.
    private const int Spare = 10;
    private const int Iterations = 12;
    private const double Stride = 0.7548776662;

    /// <summary>Makes the map of a run's features.</summary>
    /// <param name="path">The <c>.npy</c> file of features.</param>
    /// <param name="points">Most images.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="AutodidactException">The file cannot be read, or holds values that are not finite.</exception>
    public static FeatureMap? Of(string path, int points, CancellationToken cancellationToken)
    {
        using var features = NpyFile.MapMatrix(path);
        var count = Math.Min(points, features.Rows);
        if (count < 3) return null;
        int[] positions = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * features.Rows / count))];
        using var chosen = new FeatureMatrix(count, features.Columns);
        for (var i = 0; i < count; i++) features[positions[i]].CopyTo(chosen[i]);

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var rows = FeatureTensors.NormalizedBlock(chosen, 0, count);
        if (!rows.isfinite().all().item<bool>()) throw new AutodidactException(FailureKind.Data, $"{path}: some features are not finite");
        var components = PrincipalComponents(rows, Math.Min(Components, features.Columns));
        using var reduced = new FeatureMatrix(count, (int)components.shape[1]);
        FeatureTensors.Values(components.contiguous()).CopyTo(reduced.Block(0, count));
        var (x, y) = (Column(reduced, 0), Column(reduced, 1));
        var principal = ByTurns(x, y);
        if (count < FewestForTSne) return new FeatureMap(positions, principal, null);
        new TSne(reduced, Perplexity, cancellationToken).Descend(x, y, cancellationToken);
        return new FeatureMap(positions, principal, ByTurns(x, y));
    }

    private static float[] Column(FeatureMatrix matrix, int column) =>
        [.. Enumerable.Range(0, matrix.Rows).Select(row => matrix[row][column])];

    private static float[] ByTurns(float[] x, float[] y) => [.. x.Zip(y).SelectMany(p => new[] { p.First, p.Second })];

    /// <summary>
    /// Rows on their principal components, those of most variance first; each component's largest weight is positive, so that no map comes
    /// out mirrored. By subspace iteration: whole eigenvectors of the covariance would take minutes where features have thousands of
    /// dimensions.
    /// </summary>
    private static Tensor PrincipalComponents(Tensor rows, int count)
    {
        var centred = rows.to(ScalarType.Float64);
        centred = centred - centred.mean([0L], keepdim: true);
        var (n, d) = (centred.shape[0], centred.shape[1]);
        var wide = Math.Min(count + Spare, Math.Min(n, d));
        var basis = arange(d * wide, ScalarType.Float64).mul_(Stride).sin_().reshape(d, wide);
        for (var i = 0; i < Iterations; i++)
            basis = linalg.qr(DividedProducts.Product(centred.t(), DividedProducts.Product(centred, basis))).Q;
        var seen = centred.mm(basis);
        var (_, rotation) = linalg.eigh(seen.t().mm(seen));
        var leading = basis.mm(rotation.flip(1)).narrow(1, 0, Math.Min(count, wide));
        var largest = leading.gather(0, leading.abs().argmax(0, keepdim: true));
        var projected = centred.mm(leading * largest.sign()).to(ScalarType.Float32);
        return projected.shape[1] >= 2 ? projected : cat([projected, zeros_like(projected)], 1);
    }
}
