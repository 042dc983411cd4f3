using Autodidact.Metrics;
using CsCheck;

namespace Autodidact.Tests.Metrics;

public sealed class ClusteringMetricsTests
{
    private static readonly Gen<(int[] A, int[] B)> Partitions =
        Gen.Int[2, 60].SelectMany(n => Gen.Int[0, 6].Array[n].Select(Gen.Int[0, 4].Array[n]));

    [Fact]
    public void Should_Equal_Scikit_Learn_On_Random_And_Degenerate_Cases()
    {
        foreach (var c in EvaluationFixture.Read<ClusteringCase[]>("clustering.json"))
        {
            Assert.True(Math.Abs(Nmi(c.Test, c.TestLabels) - c.Nmi) < 1e-9, $"NMI of {c.Name}");
            Assert.True(Math.Abs(Ari(c.Test, c.TestLabels) - c.Ari) < 1e-9, $"ARI of {c.Name}");
        }
    }

    [Fact]
    public void Should_Not_Change_When_Clusters_Are_Renumbered() =>
        Partitions.Sample((a, b) =>
        {
            var renumbered = Array.ConvertAll(a, cluster => (cluster * 3 + 2) % 7);
            return Math.Abs(Nmi(a, b) - Nmi(renumbered, b)) < 1e-12 && Math.Abs(Ari(a, b) - Ari(renumbered, b)) < 1e-12;
        });

    [Fact]
    public void Should_Be_Symmetric() =>
        Partitions.Sample((a, b) =>
            Math.Abs(Nmi(a, b) - Nmi(b, a)) < 1e-12 && Math.Abs(Ari(a, b) - Ari(b, a)) < 1e-12);

    [Fact]
    public void Should_Keep_Nmi_In_Zero_To_One_And_Ari_At_Most_One() =>
        Partitions.Sample((a, b) =>
        {
            var (nmi, ari) = (Nmi(a, b), Ari(a, b));
            return nmi is >= 0 and <= 1 && ari is >= -1 and <= 1;
        });

    [Fact]
    public void Should_Give_One_For_A_Partition_With_Itself() =>
        Partitions.Sample((a, _) =>
            Math.Abs(Nmi(a, a) - 1) < 1e-12 && Ari(a, a) == 1);

    [Fact]
    public void Should_Have_Ari_Near_Zero_For_Random_Partitions()
    {
        var random = new Autodidact.Numerics.CounterRandom(5);
        var (a, b) = (new int[20000], new int[20000]);
        for (var i = 0; i < a.Length; i++)
            (a[i], b[i]) = (random.NextInt32(20), random.NextInt32(10));
        Assert.InRange(Ari(a, b), -0.002, 0.002);
    }

    [Fact]
    public void Should_Ignore_Images_Without_Label()
    {
        int[] clusters = [0, 0, 1, 1, 1, 0], labels = [1, 1, 0, 0, -1, -1];
        Assert.Equal(1, Ari(clusters, labels));
        Assert.Equal(1, Nmi(clusters, labels), 12);
    }

    [Fact]
    public void Should_Not_Overflow_On_Millions_Of_Images()
    {
        var clusters = new int[3_000_000];
        var labels = new int[clusters.Length];
        for (var i = 0; i < clusters.Length; i++)
            (clusters[i], labels[i]) = (i % 2, i % 2 == 0 ? 1 : 0);
        Assert.Equal(1, Ari(clusters, labels), 12);
        Assert.Equal(1, Nmi(clusters, labels), 12);
    }

    [Fact]
    public void Should_Count_Equal_Answers_As_Agreement()
    {
        Assert.Equal(0.75, ClusteringMetrics.Agreement([1, 2, 3, 4], [1, 2, 3, 0]));
        Assert.Throws<ArgumentException>(() => ClusteringMetrics.Agreement([], []));
        Assert.Throws<ArgumentException>(() => ClusteringMetrics.Agreement([1], [1, 2]));
    }

    [Fact]
    public void Should_Name_The_Item_That_Is_Out_Of_Range()
    {
        var error = Assert.Throws<ArgumentException>(() => Contingency.Count([0, 3], [0, 0], 3, 1));
        Assert.Contains("item 1 has cluster 3, expected 0 to 2", error.Message);
        error = Assert.Throws<ArgumentException>(() => Contingency.Count([0, 2], [0, 1], 3, 1));
        Assert.Contains("item 1 has label 1, expected -1 (unknown) to 0", error.Message);
    }

    private static double Nmi(int[] clusters, int[] labels) => ClusteringMetrics.NormalizedMutualInformation(Table(clusters, labels));

    private static double Ari(int[] clusters, int[] labels) => ClusteringMetrics.AdjustedRandIndex(Table(clusters, labels));

    private static Contingency Table(int[] clusters, int[] labels) => Contingency.Count(clusters, labels, Groups(clusters), Groups(labels));

    private static int Groups(int[] numbers) => numbers.Append(-1).Max() + 1;
}
