using Autodidact.Clustering;
using Autodidact.Numerics;

namespace Autodidact.Tests.Clustering;

public class ClusterNumbersTests
{
    [Fact]
    public void Should_Let_Most_Rows_Keep_Their_Number()
    {
        // New cluster 0 shares two rows with old 2, 1 two with old 0 and one with old 2, 2 one with old 1.
        Assert.Equal([2, 0, 1], ClusterNumbers.Match([2, 2, 0, 0, 2, 1], [0, 0, 1, 1, 1, 2], 3));
        Assert.Equal([0, 1, 2, 3], ClusterNumbers.Match([0, 1, 2, 3], [0, 1, 2, 3], 4).Order());
    }

    [Fact]
    public void Should_Give_An_Unused_Number_To_A_Cluster_Without_A_Forebear() =>
        Assert.Equal([0, 1, 2], ClusterNumbers.Match([0, 0, 0, 0], [0, 0, 1, 2], 3).Order());

    [Fact]
    public void Should_Average_Directions_And_Give_An_Empty_Cluster_A_Row()
    {
        using var rows = new FeatureMatrix(3, 2);
        new float[] { 2, 0, 0, 5, 7, 0 }.CopyTo(rows.Block(0, 3));
        using var means = ClusterNumbers.MeanDirections(rows, [0, 0, 2], 4, seed: 1);
        Assert.Equal([0.5f, 0.5f], means[0].ToArray());
        Assert.Equal([1f, 0f], means[2].ToArray());
        Assert.Contains(means[1].ToArray(), new[] { new[] { 2f, 0 }, [0, 5], [7, 0] });
        Assert.Equal(5, ClusterNumbers.Length([3, -4]), 1e-12);
    }
}
