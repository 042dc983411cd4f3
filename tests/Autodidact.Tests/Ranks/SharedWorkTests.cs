using System.Runtime.InteropServices;
using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Ranks;
using static TorchSharp.torch;

namespace Autodidact.Tests.Ranks;

/// <summary>Clustering and probes divided among ranks: the bits of one rank, and fewer pieces for each.</summary>
public sealed class SharedWorkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true, 0)]
    [InlineData(false, true, 0)]
    [InlineData(false, false, 0)]
    [InlineData(true, true, 1_000)]
    public void K_Means_Should_End_In_The_Bits_Of_One_Rank(bool spherical, bool prune, int miniBatchAbove)
    {
        const int Clusters = 128;
        using var rows = Rows(8_000, 256, 1);
        var options = new KMeansOptions
        {
            Clusters = Clusters,
            Spherical = spherical,
            Prune = prune,
            MaxIterations = 4,
            Threads = 1,
            Seed = 3,
            BatchSize = 4_000,
        };
        if (miniBatchAbove > 0) options = options with { MiniBatchAbove = miniBatchAbove };
        using var expected = KMeans.Fit(rows, options, null, Token);
        foreach (var (result, exchanges) in Run(3, () => KMeans.Fit(rows, options, null, Token)))
        {
            using (result)
            {
                Assert.Equal(expected.Assignments, result.Assignments);
                Assert.Equal(Bits(expected.Centroids), Bits(result.Centroids));
                Assert.Equal(expected.Distances, result.Distances);
                Assert.Equal(expected.Margins, result.Margins);
                Assert.Equal(expected.InertiaHistory, result.InertiaHistory);
            }

            Assert.True(exchanges > Clusters, $"{exchanges} exchanges: k-means was not divided");
        }
    }

    [Fact]
    public void Neighbours_Should_Be_Those_Of_One_Rank()
    {
        using var bank = Rows(4_000, 128, 1);
        using var queries = Rows(1_000, 128, 2);
        var labels = Labels(bank.Rows, 7);
        var options = new WeightedKnnOptions { Neighbors = 20 };
        var expected = WeightedKnn.Classify(bank, labels, queries, options, Token);
        foreach (var (result, exchanges) in Run(3, () => WeightedKnn.Classify(bank, labels, queries, options, Token)))
        {
            Assert.Equal(expected.Predictions, result.Predictions);
            Assert.All(Enumerable.Range(0, queries.Rows), i => Assert.Equal(expected.Scores(i).ToArray(), result.Scores(i).ToArray()));
            Assert.True(exchanges > 0, "k-NN was not divided");
        }
    }

    [Theory]
    [InlineData(16_000, 256, 10)]
    [InlineData(1_100, 3_072, 2)]
    public void A_Probe_Should_End_In_The_Bits_Of_One_Rank(int count, int columns, int fewestExchanges)
    {
        using var train = Rows(count, columns, 1);
        using var test = Rows(300, columns, 2);
        var (trainLabels, testLabels) = (Labels(train.Rows, 10), Labels(test.Rows, 10));
        var options = new LinearProbeOptions { MaxIterations = 6 };
        var expected = LinearProbe.Fit(train, trainLabels, test, testLabels, options, Token);
        foreach (var (result, exchanges) in Run(2, () => LinearProbe.Fit(train, trainLabels, test, testLabels, options, Token)))
        {
            Assert.Equal(expected.TrainLoss, result.TrainLoss);
            Assert.Equal(expected.Iterations, result.Iterations);
            Assert.Equal(expected.Converged, result.Converged);
            Assert.Equal(expected.Predictions, result.Predictions);
            Assert.True(exchanges >= fewestExchanges, $"{exchanges} exchanges: the probe was not divided");
        }
    }

    [Fact]
    public void A_Rank_That_Is_Told_To_Stop_Should_Stop_All_At_The_Same_Point()
    {
        using var stop = new CancellationTokenSource();
        var stopped = ThreadRanks.Run(3, ranks =>
        {
            // One rank alone hears of it.
            if (ranks.Rank == 1) stop.Cancel();
            var token = ranks.Rank == 1 ? stop.Token : CancellationToken.None;
            return Assert.ThrowsAny<OperationCanceledException>(
                () => SharedWork.Do(ranks, 1, _ => SharedWork.Divide("work", 10, 1e12, 10).Count, token));
        });
        Assert.Equal(3, stopped.Length);
    }

    [Fact]
    public void Ranks_With_Other_Data_Should_Be_Refused()
    {
        var error = Assert.Throws<AutodidactException>(() => ThreadRanks.Run(
            2,
            ranks => SharedWork.Do(ranks, 1, _ => SharedWork.Divide("work", 10 + ranks.Rank, 1e12, 10).Count, CancellationToken.None)));
        Assert.Equal(FailureKind.Environment, error.Kind);
        Assert.StartsWith("rank 1 has other data than rank 0 (work)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e6, 0, false)]
    [InlineData(1e9, 0, true)]
    [InlineData(1e9, 1e8, false)]
    public void Should_Be_Divided_Where_That_Pays_Alone(double operations, double bytes, bool pays) =>
        Assert.Equal(pays, SharedWork.Pays(2, operations, bytes));

    /// <summary>Results by rank, and how often each exchanged something.</summary>
    private static (T Result, int Exchanges)[] Run<T>(int size, Func<T> work)
    {
        var shared = new ThreadLink.Group(size);
        return ThreadRanks.Run(size, ranks =>
        {
            using var link = new CountingLink(new ThreadLink(ranks.Rank, shared));
            return (SharedWork.Do(new RankGroup(link), 1, _ => work(), CancellationToken.None), link.Exchanges);
        });
    }

    private static FeatureMatrix Rows(int count, int columns, int seed)
    {
        using var generator = new Generator((ulong)seed);
        using var values = randn([count, columns], generator: generator);
        var rows = new FeatureMatrix(count, columns);
        MemoryMarshal.Cast<byte, float>(values.bytes).CopyTo(rows.Block(0, count));
        return rows;
    }

    private static int[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i % classes)];

    private static byte[] Bits(FeatureMatrix matrix) => MemoryMarshal.AsBytes(matrix.Block(0, matrix.Rows)).ToArray();

    private sealed class CountingLink(IRankLink link) : IRankLink
    {
        public int Exchanges { get; private set; }

        public int Rank => link.Rank;

        public int Size => link.Size;

        public void Sum(Span<float> values) => link.Sum(values);

        public void Sum(Span<double> values) => link.Sum(values);

        public void Sum(Span<long> values) => link.Sum(values);

        public void Gather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
        {
            Exchanges++;
            link.Gather(own, all, lengths);
        }

        public void Broadcast(Span<byte> values, int root) => link.Broadcast(values, root);

        public void Meet(bool patiently = false) => link.Meet(patiently);

        public void Abort(string reason) => link.Abort(reason);

        public void Dispose() => link.Dispose();
    }
}
