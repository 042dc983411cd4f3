using Autodidact.Clustering;

namespace Autodidact.Tests.Clustering;

public class MiniBatchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_Come_Within_Three_Percent_Of_Full_Iterations(bool spherical)
    {
        using var rows = Rows.Groups(6000, 16, 120, 3);
        var options = new KMeansOptions { Clusters = 40, Spherical = spherical };
        using var full = Clusters.Fit(rows, options);
        using var batches = Clusters.Fit(rows, options with { MiniBatchAbove = 0, BatchSize = 500 });

        Assert.NotEqual(full.Assignments, batches.Assignments);
        Assert.InRange(batches.Inertia / full.Inertia, 0.9, 1.03);
        Assert.True(batches.InertiaHistory[^1] < batches.InertiaHistory[0]);
    }

    [Fact]
    public void Should_Be_Used_Only_Above_The_Limit()
    {
        using var rows = Rows.Groups(400, 5, 60, 3);
        var options = new KMeansOptions { Clusters = 10, BatchSize = 50 };
        using var full = Clusters.Fit(rows, options);
        using var below = Clusters.Fit(rows, options with { MiniBatchAbove = 400 });
        using var above = Clusters.Fit(rows, options with { MiniBatchAbove = 399 });

        KMeansTests.AssertSame(full, below);
        Assert.NotEqual(full.InertiaHistory, above.InertiaHistory);
    }

    [Fact]
    public void Should_Give_The_Same_Bits_Again_On_Any_Number_Of_Threads()
    {
        using var rows = Rows.Groups(2000, 9, 60, 3);
        var options = new KMeansOptions { Clusters = 20, MiniBatchAbove = 0, BatchSize = 300, Threads = 1 };
        using var one = Clusters.Fit(rows, options);
        using var again = Clusters.Fit(rows, options with { Threads = 4 });

        KMeansTests.AssertSame(one, again);
    }

    [Fact]
    public void Should_Leave_No_Cluster_Empty()
    {
        using var rows = Rows.Groups(1000, 6, 20, 0.2f);
        using var initial = rows.Select([.. Enumerable.Range(0, 20)]);
        initial[4].Fill(900);
        using var result = Clusters.Fit(rows, initial, new KMeansOptions { Clusters = 20, MiniBatchAbove = 0, BatchSize = 100 });

        Assert.DoesNotContain(0, result.Sizes);
        Assert.True(result.RepairedClusters >= 1);
    }
}
