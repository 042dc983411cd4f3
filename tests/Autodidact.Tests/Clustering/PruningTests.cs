using Autodidact.Clustering;
using Autodidact.Numerics;
using CsCheck;

namespace Autodidact.Tests.Clustering;

/// <summary>Bounds may skip work, never change a bit of the answer.</summary>
public class PruningTests
{
    [Theory]
    [InlineData(0.3f, false)]
    [InlineData(2f, false)]
    [InlineData(50f, false)]
    [InlineData(2f, true)]
    public void Should_Equal_Plain_Lloyd_Bit_For_Bit(float deviation, bool spherical)
    {
        using var rows = Rows.Groups(3000, 33, 150, deviation);
        var options = new KMeansOptions
        {
            Clusters = 90,
            Spherical = spherical,
            Tolerance = 0,
            MaxIterations = 30,
            Initialization = KMeansInitialization.Random,
        };
        var evaluated = 1.0;
        using var pruned = Clusters.Fit(rows, options, new KMeansTests.Progress(i => evaluated = i.Evaluated));
        using var plain = Clusters.Fit(rows, options with { Prune = false }, new KMeansTests.Progress(i => Assert.True(i.Evaluated >= 1)));

        KMeansTests.AssertSame(plain, pruned);
        Assert.True(evaluated < 0.8, $"the last iteration still computed {evaluated:P0} of the products");
    }

    [Fact]
    public void Should_Equal_Plain_Lloyd_On_Any_Rows() =>
        Gen.Select(Gen.Int[1, 120], Gen.Int[1, 20], Gen.Int[1, 60], Gen.Int[0, 100_000], Gen.Bool, Gen.Bool)
            .Sample(
                (n, d, k, seed, spherical, grid) =>
                {
                    using var rows = grid ? Rows.Grid(n, d, 3, (ulong)seed) : Rows.Groups(n, d, 1 + (n / 4), 2, (ulong)seed);
                    var options = new KMeansOptions
                    {
                        Clusters = Math.Min(n, k),
                        Seed = (ulong)seed,
                        Spherical = spherical,
                        Tolerance = 0,
                        MaxIterations = 15,
                        Threads = 1,
                        Initialization = KMeansInitialization.Random,
                    };
                    using var pruned = Clusters.Fit(rows, options);
                    using var plain = Clusters.Fit(rows, options with { Prune = false });
                    KMeansTests.AssertSame(plain, pruned);
                    CheckAnswer(rows, pruned, spherical);
                },
                iter: 150);

    /// <summary>
    /// Rows of zeros have a cluster of their own here, whose centroid has no direction: by cosine it is at distance 1 from everything.
    /// </summary>
    [Fact]
    public void Should_Take_A_Centroid_Of_Zeros_To_Be_At_Distance_One()
    {
        using var rows = Rows.Grid(12, 2, 3, 16412);
        using var result = Clusters.Fit(
            rows,
            new KMeansOptions
            {
                Clusters = 3,
                Seed = 16412,
                Spherical = true,
                Tolerance = 0,
                MaxIterations = 15,
                Threads = 1,
                Initialization = KMeansInitialization.Random,
            });
        Assert.Contains(Enumerable.Range(0, 3), cluster => Rows.Distance(result.Centroids[cluster], new float[2]) == 0);
        CheckAnswer(rows, result, spherical: true);
    }

    /// <summary>Checks what holds for every clustering by definition.</summary>
    private static void CheckAnswer(FeatureMatrix rows, KMeansResult result, bool spherical)
    {
        Assert.Equal(rows.Rows, result.Sizes.Sum());
        Assert.Equal(result.Inertia, result.Distances.Sum(d => (double)d), 1e-6 * (1 + result.Inertia));
        var unit = new float[rows.Columns];
        for (var i = 0; i < rows.Rows; i++)
        {
            var length = spherical ? Math.Sqrt(Rows.Distance(rows[i], new float[rows.Columns])) : 1;
            if (length == 0)
                continue;
            for (var p = 0; p < unit.Length; p++)
                unit[p] = (float)(rows[i][p] / length);
            Func<float[], float[], double> distance = spherical ? Cosine : (a, b) => Rows.Distance(a, b);
            var (nearest, second) = Rows.Distances(unit, result.Centroids, distance);
            var tolerance = 1e-5 * (1 + Rows.Distance(unit, new float[unit.Length]));
            Assert.Equal(nearest, result.Distances[i], tolerance);
            Assert.Equal(nearest, distance(unit, result.Centroids[result.Assignments[i]].ToArray()), tolerance);
            Assert.True(result.Margins[i] >= 0);
            if (result.Sizes.Length > 1)
                Assert.Equal(second - nearest, result.Margins[i], 2 * tolerance);
        }
    }

    /// <summary>1 - cosine, of rows of length 1 or 0.</summary>
    private static double Cosine(float[] a, float[] b)
    {
        var product = 0.0;
        for (var p = 0; p < a.Length; p++)
            product += (double)a[p] * b[p];
        return 1 - product;
    }
}
