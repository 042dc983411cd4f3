using Autodidact.Clustering;
using Autodidact.Numerics;

namespace Autodidact.Tests.Clustering;

public class KMeansTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_Recover_Separable_Blobs(bool spherical)
    {
        using var rows = Rows.Groups(600, 12, 15, 0.05f);
        using var result = Clusters.Fit(rows, new KMeansOptions { Clusters = 15, Spherical = spherical });

        Assert.All(result.Sizes, size => Assert.Equal(40, size));
        for (var i = 15; i < rows.Rows; i++)
            Assert.Equal(result.Assignments[i % 15], result.Assignments[i]);
    }

    [Fact]
    public void Should_Give_The_Same_Bits_Again_On_Any_Number_Of_Threads()
    {
        using var rows = Rows.Groups(3000, 20, 50, 2);
        var options = new KMeansOptions { Clusters = 40, Restarts = 2, Seed = 5, Threads = 1 };
        using var one = Clusters.Fit(rows, options);
        using var again = Clusters.Fit(rows, options with { Threads = 5 });

        AssertSame(one, again);
    }

    [Fact]
    public void Should_Start_Elsewhere_Under_Another_Seed()
    {
        using var rows = Rows.Groups(1000, 8, 50, 3);
        using var one = Clusters.Fit(rows, new KMeansOptions { Clusters = 30, Seed = 1 });
        using var other = Clusters.Fit(rows, new KMeansOptions { Clusters = 30, Seed = 2 });

        Assert.NotEqual(one.Assignments, other.Assignments);
    }

    [Fact]
    public void Should_Keep_The_Best_Of_Its_Restarts()
    {
        using var rows = Rows.Groups(800, 4, 30, 1);
        var options = new KMeansOptions { Clusters = 30, Initialization = KMeansInitialization.Random, Seed = 3 };
        var starts = new Dictionary<int, double>();
        using var one = Clusters.Fit(rows, options);
        using var best = Clusters.Fit(rows, options with { Restarts = 6 }, new Progress(i => starts[i.Restart] = i.Inertia));

        Assert.Equal(6, starts.Count);
        Assert.True(best.Inertia < one.Inertia);
        Assert.InRange(best.Inertia, starts.Values.Min() * 0.99, starts.Values.Min() * 1.000001);
    }

    [Fact]
    public void Should_Start_Better_By_PlusPlus_Than_At_Random()
    {
        using var rows = Rows.Groups(1200, 6, 40, 0.3f);
        var options = new KMeansOptions { Clusters = 40, MaxIterations = 1 };
        using var plusPlus = Clusters.Fit(rows, options);
        using var random = Clusters.Fit(rows, options with { Initialization = KMeansInitialization.Random });

        Assert.True(plusPlus.Inertia < random.Inertia / 2, $"{plusPlus.Inertia} {random.Inertia}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_Never_Raise_The_Inertia(bool spherical)
    {
        using var rows = Rows.Groups(2000, 16, 300, 3);
        using var result = Clusters.Fit(
            rows, new KMeansOptions { Clusters = 50, Spherical = spherical, Tolerance = 0, MaxIterations = 60 });

        Assert.True(result.Iterations > 5);
        Assert.Equal(result.Iterations, result.InertiaHistory.Length);
        var last = double.PositiveInfinity;
        foreach (var inertia in result.InertiaHistory.Append(result.Inertia))
        {
            Assert.True(inertia <= last * (1 + 1e-6), $"{inertia} after {last}");
            last = inertia;
        }
    }

    [Fact]
    public void Should_Stop_Once_An_Iteration_Gains_Less_Than_The_Tolerance()
    {
        using var rows = Rows.Groups(2000, 16, 300, 3);
        using var early = Clusters.Fit(rows, new KMeansOptions { Clusters = 50, Tolerance = 0.02 });
        using var late = Clusters.Fit(rows, new KMeansOptions { Clusters = 50, Tolerance = 0, MaxIterations = 500 });

        Assert.True(early.Iterations < late.Iterations);
        Assert.True(late.Iterations < 500);
        Assert.True(early.InertiaHistory[^1] >= early.InertiaHistory[^2] * 0.98);
        Assert.True(late.Inertia <= early.Inertia);
    }

    [Fact]
    public void Should_Ignore_The_Length_Of_Rows_When_Spherical()
    {
        using var rows = Rows.Groups(500, 10, 40, 2);
        using var scaled = new FeatureMatrix(rows.Rows, rows.Columns);
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var p = 0; p < rows.Columns; p++)
                scaled[i][p] = rows[i][p] * MathF.ScaleB(1, (i % 40) - 20);
        }

        var options = new KMeansOptions { Clusters = 25, Spherical = true };
        using var expected = Clusters.Fit(rows, options);
        using var actual = Clusters.Fit(scaled, options);

        AssertSame(expected, actual);
        for (var j = 0; j < 25; j++)
            Assert.Equal(1, Math.Sqrt(Rows.Distance(actual.Centroids[j], new float[10])), 1e-6);
    }

    [Fact]
    public void Should_Count_A_Zero_Row_As_At_Right_Angles_To_Everything()
    {
        using var rows = Rows.Groups(50, 5, 5, 0.1f);
        rows[7].Clear();
        using var result = Clusters.Fit(rows, new KMeansOptions { Clusters = 3, Spherical = true });

        Assert.Equal(1, result.Distances[7]);
        Assert.Equal(0, result.Margins[7]);
    }

    [Fact]
    public void Should_Not_Lose_Digits_To_An_Offset_Common_To_All_Rows()
    {
        using var rows = Rows.Groups(400, 9, 20, 0.5f);
        using var shifted = new FeatureMatrix(rows.Rows, rows.Columns);
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var p = 0; p < rows.Columns; p++)
            {
                rows[i][p] = MathF.Round(rows[i][p] * 256) / 256;
                shifted[i][p] = rows[i][p] + 4096;
            }
        }

        using var expected = Clusters.Fit(rows, new KMeansOptions { Clusters = 20 });
        using var actual = Clusters.Fit(shifted, new KMeansOptions { Clusters = 20 });

        Assert.Equal(expected.Assignments, actual.Assignments);
        Assert.Equal(1, actual.Inertia / expected.Inertia, 1e-4);
    }

    [Fact]
    public void Should_Answer_Assign_As_Fit_Did()
    {
        using var rows = Rows.Groups(700, 13, 60, 3);
        using var result = Clusters.Fit(rows, new KMeansOptions { Clusters = 33 });
        var (assignments, distances, margins) = KMeans.Assign(rows, result.Centroids, spherical: false);

        Assert.Equal(result.Assignments, assignments);
        Assert.Equal(result.Distances, distances);
        Assert.Equal(result.Margins, margins);
    }

    [Fact]
    public void Should_Answer_For_A_Row_Whatever_The_Other_Rows()
    {
        using var rows = Rows.Groups(100, 13, 60, 3);
        using var centroids = Rows.Groups(30, 13, 30, 1);
        using var one = rows.Select([42]);

        Assert.Equal(KMeans.Assign(rows, centroids, false).Distances[42], KMeans.Assign(one, centroids, false).Distances[0]);
    }

    [Fact]
    public void Should_Have_No_Second_Nearest_In_A_Single_Cluster()
    {
        using var rows = Rows.Groups(30, 3, 4, 1);
        using var result = Clusters.Fit(rows, new KMeansOptions { Clusters = 1 });

        Assert.All(result.Margins, margin => Assert.Equal(float.PositiveInfinity, margin));
        Assert.Equal([30], result.Sizes);
    }

    [Fact]
    public void Should_Put_Each_Row_In_Its_Own_Cluster_When_There_Are_As_Many()
    {
        using var rows = Rows.Groups(35, 6, 35, 1);
        using var result = Clusters.Fit(rows, new KMeansOptions { Clusters = 35 });

        Assert.All(result.Sizes, size => Assert.Equal(1, size));
        Assert.Equal(0, result.Inertia, 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(11)]
    public void Should_Refuse_Fewer_Clusters_Than_One_Or_More_Than_Rows(int clusters)
    {
        using var rows = Rows.Groups(10, 2, 3, 1);
        var failure = Assert.Throws<AutodidactException>(() => Clusters.Fit(rows, new KMeansOptions { Clusters = clusters }));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains($"{clusters} clusters of 10 rows", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e30f)]
    public void Should_Refuse_A_Row_That_Is_Not_Finite_And_Name_It(float value)
    {
        using var rows = Rows.Groups(2000, 5, 3, 1);
        rows[1234][3] = value;
        rows[1777][0] = value;
        var failure = Assert.Throws<AutodidactException>(() => Clusters.Fit(rows, new KMeansOptions { Clusters = 3 }));

        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains("row 1234 ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_Settings_Out_Of_Range()
    {
        using var rows = Rows.Groups(10, 2, 3, 1);
        using var wide = new FeatureMatrix(2, 3);
        var options = new KMeansOptions { Clusters = 2 };

        Assert.All(
            new Action[]
            {
                () => Clusters.Fit(rows, options with { MaxIterations = 0 }),
                () => Clusters.Fit(rows, options with { Restarts = 0 }),
                () => Clusters.Fit(rows, options with { Tolerance = double.NaN }),
                () => Clusters.Fit(rows, options with { BatchSize = -1 }),
                () => Clusters.Fit(rows, options with { Initialization = (KMeansInitialization)9 }),
                () => Clusters.Fit(rows, wide, options),
                () => KMeans.Assign(rows, wide, false),
            },
            act => Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(act).Kind));
    }

    [Fact]
    public void Should_Stop_When_Cancelled()
    {
        using var rows = Rows.Groups(500, 8, 100, 3);
        using var source = new CancellationTokenSource();
        var iterations = 0;

        Assert.Throws<OperationCanceledException>(() => KMeans.Fit(
            rows,
            new KMeansOptions { Clusters = 20, Tolerance = 0 },
            new Progress(i => { iterations = i.Iteration; source.Cancel(); }),
            source.Token));
        Assert.Equal(1, iterations);
    }

    [Theory]
    [InlineData(100, 10)]
    [InlineData(50_000, 100)]
    [InlineData(5_000_000, 1000)]
    public void Should_Choose_Clusters_By_The_Number_Of_Images(int images, int clusters) =>
        Assert.Equal(clusters, KMeans.AutoClusters(images));

    internal static void AssertSame(KMeansResult expected, KMeansResult actual)
    {
        Assert.Equal(expected.Assignments, actual.Assignments);
        Assert.Equal(expected.Distances, actual.Distances);
        Assert.Equal(expected.Margins, actual.Margins);
        Assert.Equal(expected.InertiaHistory, actual.InertiaHistory);
        Assert.Equal(expected.Sizes, actual.Sizes);
        Assert.Equal(expected.RepairedClusters, actual.RepairedClusters);
        Assert.True(expected.Centroids.Block(0, expected.Centroids.Rows).SequenceEqual(actual.Centroids.Block(0, actual.Centroids.Rows)));
    }

    internal sealed class Progress(Action<KMeansIteration> told) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => told(value);
    }
}
