using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

public sealed class EmbeddingIndexTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(50, 3)]
    [InlineData(5000, 64)]
    [InlineData(3000, 513)]
    public void Should_Find_What_Double_Precision_Over_All_Rows_Finds(int count, int columns)
    {
        using var matrix = Rows.Clustered(count, columns, 20);
        using var queries = Rows.Clustered(7, columns, 20, seed: 2);
        using var index = Open(matrix);
        foreach (var wanted in new[] { 1, 10, count, count + 5 })
        {
            var all = index.SearchBatch(queries, wanted, cancellationToken: Token);
            for (var q = 0; q < queries.Rows; q++)
            {
                var expected = BruteForce(matrix, queries[q].ToArray(), wanted);
                Assert.Equal(expected.Select(e => e.Row), all[q].Select(h => h.Row));
                Assert.All(expected.Zip(all[q]), pair => Assert.Equal(pair.First.Similarity, pair.Second.Similarity, 1e-12));
                Assert.Equal(all[q], index.Search(queries[q], wanted, new SearchOptions { Threads = 1 }, Token));
                Assert.All(all[q], h => Assert.Equal($"k{h.Row}", h.Key));
            }
        }
    }

    [Fact]
    public void Should_Order_By_Differences_That_Single_Precision_Cannot_See()
    {
        // Rows so alike that their cosines differ by less than a product of 256 single-precision terms errs.
        using var matrix = new FeatureMatrix(3000, 256);
        using var centre = Rows.Clustered(1, 256, 1);
        for (var i = 0; i < matrix.Rows; i++)
        {
            var random = new CounterRandom(6, (uint)i);
            for (var j = 0; j < matrix.Columns; j++)
            {
                matrix[i][j] = centre[0][j] + (float)(1e-6 * random.NextGaussian());
            }
        }

        using var index = Open(matrix);
        using var query = Rows.Clustered(1, 256, 1, seed: 2);
        var expected = BruteForce(matrix, query[0].ToArray(), 10);
        Assert.True(expected[0].Similarity - expected[9].Similarity < 1e-7);
        Assert.Equal(expected.Select(e => e.Row), index.Search(query[0], 10, cancellationToken: Token).Select(h => h.Row));
    }

    [Fact]
    public void Should_Refuse_Calls_After_Dispose()
    {
        using var matrix = Rows.Clustered(50, 3, 20);
        var index = Open(matrix);
        index.Dispose();
        index.Dispose();
        Action[] calls =
        [
            () => index.Search(matrix[0], 1, cancellationToken: Token),
            () => index.SearchBatch(matrix, 1, cancellationToken: Token),
            () => index.Key(0),
            () => index.IndexOf("k1"),
            () => index.RowOf("k1"),
            () => _ = index[0],
        ];
        Assert.All(calls, call => Assert.Throws<ObjectDisposedException>(call));
    }

    /// <summary>The rows are mapped: reading them after they were unmapped ends the process, and with it this test program.</summary>
    [Fact]
    public void Should_Dispose_Only_After_The_Searches_That_Are_Running()
    {
        using var matrix = Rows.Clustered(20_000, 64, 20);
        for (var round = 0; round < 10; round++)
        {
            var index = Open(matrix);
            using var running = new CountdownEvent(3);
            var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() => UntilDisposed(index, matrix, running))).ToArray();
            foreach (var thread in threads)
            {
                thread.Start();
            }

            Assert.True(running.Wait(TimeSpan.FromMinutes(1), Token));
            index.Dispose();
            Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(1))));
        }
    }

    [Fact]
    public void Should_Break_Ties_By_Row()
    {
        using var matrix = new FeatureMatrix(5000, 8);
        for (var i = 0; i < matrix.Rows; i++)
        {
            // Powers of two scale without rounding: all of them are equally near.
            matrix[i].Fill(MathF.ScaleB(1, i % 7));
        }

        matrix[4000][3] = 0.5f;
        using var index = Open(matrix);
        Assert.Equal(Enumerable.Range(0, 20), index.Search([1, 1, 1, 1, 1, 1, 1, 1], 20, cancellationToken: Token).Select(h => h.Row));
        var all = index.Search([1, 1, 1, 1, 1, 1, 1, 1], 5000, cancellationToken: Token);
        Assert.Equal(4000, all[^1].Row);
        Assert.Equal(Enumerable.Range(0, 5000).Where(i => i != 4000), all.Take(4999).Select(h => h.Row));
        Assert.Equal(1, all[0].Similarity);
    }

    [Fact]
    public void Should_Give_Every_Row_Its_Cosine_Or_Leave_It_Out()
    {
        using var matrix = new FeatureMatrix(7, 2);
        float[][] rows = [[0, 0], [float.NaN, 1], [float.PositiveInfinity, 1], [3e38f, 3e38f], [1e-40f, 1e-40f], [-1, -1], [1, 0]];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].CopyTo(matrix[i]);
        }

        using var index = Open(matrix);
        var hits = index.Search([2, 2], 10, cancellationToken: Token);
        Assert.Equal([3, 4, 6, 0, 5], hits.Select(h => h.Row));
        Assert.Equal([1, 1, Math.Sqrt(0.5), 0, -1], hits.Select(h => Math.Round(h.Similarity, 12)), (a, b) => Math.Abs(a - b) < 1e-7);

        Assert.Equal([0, 3, 4, 5, 6], index.Search([0, 0], 10, cancellationToken: Token).Select(h => h.Row));
        Assert.Equal(
            FailureKind.Data, Assert.Throws<AutodidactException>(() => index.Search([float.NaN, 0], 1, cancellationToken: Token)).Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 2, 3], 1, cancellationToken: Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 2], 0, cancellationToken: Token));
    }

    [Fact]
    public void Should_Serve_Many_Threads_At_Once()
    {
        using var matrix = Rows.Clustered(4000, 32, 20);
        using var index = Open(matrix);
        var expected = index.Search(matrix[17], 10, cancellationToken: Token);
        Assert.Equal(17, expected[0].Row);
        Parallel.For(0, 16, _ => Assert.Equal(expected, index.Search(matrix[17], 10)));
        Parallel.For(0, 16, i => Assert.Equal(i * 100, index.IndexOf($"k{i * 100}")));
    }

    [Fact]
    public void Should_Search_An_Index_Of_Nothing()
    {
        using var matrix = new FeatureMatrix(0, 4);
        using var index = Open(matrix);
        Assert.Empty(index.Search([1, 2, 3, 4], 10, cancellationToken: Token));
        Assert.Equal(-1, index.IndexOf("a"));
    }

    [Fact]
    public void Should_Keep_Keys_Of_Every_Kind()
    {
        string[] keys = ["a.jpg", "with, comma", "with \"quotes\"", "two\nlines", "zwölf.jpg", "", "a.jpg", new string('x', 200_000)];
        using (var writer = new EmbeddingIndexWriter(_scratch["a.npy"], 1))
        {
            foreach (var key in keys)
            {
                writer.Append(key, [1]);
            }

            writer.Complete();
        }

        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Equal(keys, Enumerable.Range(0, keys.Length).Select(index.Key));
        Assert.Equal([0, 1, 2, 3, 4, 5, 0, 7], keys.Select(index.IndexOf));
        Assert.Equal(-1, index.IndexOf("b.jpg"));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Key(8));
    }

    [Theory]
    [InlineData("", "begin with")]
    [InlineData("row,name\n0,a\n1,b\n", "begin with")]
    [InlineData("row,key\n0,a\n", "1 keys for 2 rows")]
    [InlineData("row,key\n0,a\n1,b\n2,c\n", "more keys")]
    [InlineData("row,key\n1,a\n0,b\n", "in place of row 0")]
    [InlineData("row,key\n0,a\n1b\n", "in place of row 1")]
    [InlineData("row,key\n0,a\n1", "in place of row 1")]
    [InlineData("row,key\n0,\"a\n1,b\n", "1 keys for 2 rows")]
    public void Should_Refuse_Keys_That_Do_Not_Fit(string text, string says)
    {
        using var matrix = Rows.Clustered(2, 3, 1);
        Rows.WritePlain(_scratch["a.npy"], matrix);
        File.WriteAllText(_scratch["a.keys.csv"], text);
        AssertRefused(says);
    }

    [Fact]
    public void Should_Say_In_One_Line_That_A_Key_Cannot_Be_Read()
    {
        using var matrix = Rows.Clustered(3, 3, 1);
        Rows.WritePlain(_scratch["a.npy"], matrix);
        File.WriteAllText(_scratch["a.keys.csv"], "row,key\n0,a\n1,\"b\"c\n2,d,e\n");
        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Equal("a", index.Key(0));
        Func<object>[] reads =
            [() => index.Key(1), () => index.Key(2), () => index.IndexOf("a"), () => index.Search(index[0], 3, cancellationToken: Token)];
        foreach (var read in reads)
        {
            var failure = Assert.Throws<AutodidactException>(read);
            Assert.Equal(FailureKind.Data, failure.Kind);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Fact]
    public void Should_Refuse_An_Index_Without_Keys_And_One_With_A_Damaged_Manifest()
    {
        using var matrix = Rows.Clustered(2, 3, 1);
        Rows.Write(_scratch["a.npy"], matrix);
        File.WriteAllText(_scratch["a.index.json"], "{\"schema\": 2}");
        AssertRefused("not an index of this version");
        File.WriteAllText(
            _scratch["a.index.json"],
            "{\"schema\": 1, \"source\": \"nine\", \"architecture\": \"a\", \"precision\": \"float32\", \"test_feature\": [1]}");
        AssertRefused("nine");
        File.Delete(_scratch["a.index.json"]);
        File.Delete(_scratch["a.keys.csv"]);
        AssertRefused("a.keys.csv: no such file");
    }

    [Fact]
    public void Should_Read_Keys_A_Spreadsheet_Saved()
    {
        using var matrix = Rows.Clustered(2, 3, 1);
        Rows.WritePlain(_scratch["a.npy"], matrix);
        File.WriteAllText(_scratch["a.keys.csv"], "\uFEFFrow,key\r\n0,a\r\n1,\"b\"");
        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Equal(["a", "b"], new[] { index.Key(0), index.Key(1) });
    }

    [Fact]
    public void Should_Leave_An_Earlier_Index_Whole_Until_The_New_One_Is()
    {
        using var matrix = Rows.Clustered(3, 3, 1);
        Rows.Write(_scratch["a.npy"], matrix);
        using (var writer = new EmbeddingIndexWriter(_scratch["a.npy"], 5))
        {
            writer.Append("new", [1, 2, 3, 4, 5]);
        }

        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Equal((3, 3), (index.Count, index.Columns));
        Assert.Equal(["a.index.json", "a.keys.csv", "a.npy"], _scratch.Files.Order());
    }

    private static void UntilDisposed(EmbeddingIndex index, FeatureMatrix queries, CountdownEvent running)
    {
        var told = false;
        try
        {
            while (true)
            {
                Assert.Equal(3, index.Search(queries[7], 3, new SearchOptions { Threads = 1 }, Token).Count);
                if (!told) running.Signal();
                told = true;
            }
        }
        catch (ObjectDisposedException)
        {
            // Whoever disposes an index tells its users so.
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static (double Similarity, int Row)[] BruteForce(FeatureMatrix matrix, float[] query, int count)
    {
        static double Length(IEnumerable<float> v) => Math.Sqrt(v.Sum(x => (double)x * x));
        return
        [
            .. Enumerable.Range(0, matrix.Rows)
                .Select(row => (
                    Similarity: matrix[row].ToArray().Zip(query, (a, b) => (double)a * b).Sum() / Length(
                        matrix[row].ToArray()) / Length(query),
                    Row: row))
                .OrderByDescending(e => Math.Round(e.Similarity, 14)).ThenBy(e => e.Row).Take(count),
        ];
    }

    private EmbeddingIndex Open(FeatureMatrix matrix)
    {
        Rows.Write(_scratch["index.npy"], matrix);
        return EmbeddingIndex.Open(_scratch["index.npy"]);
    }

    private void AssertRefused(string what)
    {
        var failure = Assert.Throws<AutodidactException>(() => EmbeddingIndex.Open(_scratch["a.npy"]));
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
