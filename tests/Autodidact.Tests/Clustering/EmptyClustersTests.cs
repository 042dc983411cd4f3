using Autodidact.Clustering;
using Autodidact.Numerics;

namespace Autodidact.Tests.Clustering;

public class EmptyClustersTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_Give_Empty_Clusters_The_Farthest_Rows(bool prune)
    {
        using var rows = Rows.Groups(300, 6, 10, 0.2f);
        using var initial = rows.Select([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        initial[9].Fill(5000);
        using var result = Clusters.Fit(rows, initial, new KMeansOptions { Clusters = 10, Tolerance = 0, Prune = prune });

        Assert.True(result.RepairedClusters >= 1);
        Assert.All(result.Sizes, size => Assert.Equal(30, size));
    }

    [Fact]
    public void Should_Repair_In_A_Way_That_Bounds_Do_Not_Change()
    {
        using var rows = Rows.Groups(1000, 7, 200, 3);
        using var initial = rows.Select([.. Enumerable.Range(0, 60)]);
        for (var j = 0; j < 20; j++)
            initial[3 * j].Fill(100 + j);
        var options = new KMeansOptions { Clusters = 60, Tolerance = 0 };
        using var pruned = Clusters.Fit(rows, initial, options);
        using var plain = Clusters.Fit(rows, initial, options with { Prune = false });

        Assert.True(plain.RepairedClusters >= 19);
        KMeansTests.AssertSame(plain, pruned);
    }

    [Fact]
    public void Should_Leave_Clusters_Empty_Only_Where_Distinct_Rows_Are_Too_Few()
    {
        using var rows = new FeatureMatrix(50, 3);
        for (var i = 0; i < 50; i++)
            rows[i].Fill(i % 5);
        using var result = Clusters.Fit(rows, new KMeansOptions { Clusters = 8 });

        Assert.Equal(0, result.Inertia, 1e-9);
        Assert.Equal(3, result.Sizes.Count(size => size == 0));
        Assert.Equal(50, result.Sizes.Sum());
    }

    [Fact]
    public void Should_Not_Take_The_Last_Row_Of_A_Cluster()
    {
        int[] sizes = [1, 2, 0];
        var moved = new List<(int, int)>();
        var repaired = EmptyClusters.Repair(
            [0, 1, 1], sizes, row => row == 0 ? 9 : row, (row, cluster) => moved.Add((row, cluster)), new Workers(1));

        Assert.Equal(1, repaired);
        Assert.Equal([(2, 2)], moved);
        Assert.Equal([1, 1, 1], sizes);
    }
}
