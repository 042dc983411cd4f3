using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Search;
using Autodidact.Serialization;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

public sealed class InvertedFileTests : IDisposable
{
    private const int Count = 20_000;
    private const int Columns = 32;
    private readonly ScratchFolder _scratch = new();

    public InvertedFileTests()
    {
        using var matrix = Rows.Clustered(Count, Columns, 300);
        Rows.Write(_scratch["a.npy"], matrix);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Find_With_All_Lists_What_Exact_Search_Finds()
    {
        using var queries = Rows.Clustered(30, Columns, 300, seed: 2);
        using var plain = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Null(plain.InvertedFile);
        var exact = plain.SearchBatch(queries, 10, cancellationToken: Token);
        using var index = Build();
        var lists = index.InvertedFile!.Lists;
        Assert.Equal(InvertedFileBuilder.AutoLists(Count), lists);
        foreach (var options in new[] { SearchOptions.Exact, new SearchOptions { Probes = lists } })
        {
            Assert.Equal(exact, index.SearchBatch(queries, 10, options, Token));
        }

        // One list less goes through the lists: what it finds is still ranked exactly.
        var nearly = index.SearchBatch(queries, 10, new SearchOptions { Probes = lists - 1 }, Token);
        Assert.Equal(exact, nearly);
        Assert.Equal(exact[0], index.Search(queries[0], 10, new SearchOptions { Probes = lists - 1 }, Token));
    }

    [Fact]
    public void Should_Find_Nearly_All_Neighbours_In_Few_Lists_Of_Clustered_Rows()
    {
        using var index = Build();
        using var queries = Rows.Clustered(100, Columns, 300, seed: 1);
        var exact = index.SearchBatch(queries, 10, SearchOptions.Exact, Token);
        var few = index.SearchBatch(queries, 10, cancellationToken: Token);
        Assert.InRange(index.InvertedFile!.DefaultProbes, 1, index.InvertedFile.Lists / 8);
        var recall = exact.Zip(few, (all, some) => all.Select(h => h.Row).Intersect(some.Select(h => h.Row)).Count()).Sum() / 1000.0;
        Assert.InRange(recall, 0.95, 1);
        Assert.All(few, hits => Assert.Equal(10, hits.Count));
        Assert.Equal(few, index.SearchBatch(queries, 10, new SearchOptions { Threads = 1 }, Token));
    }

    [Fact]
    public void Should_Look_Into_More_Lists_Where_Few_Hold_Too_Few()
    {
        using var index = Build();
        Assert.Equal(Count / 2, index.Search(index[5], Count / 2, new SearchOptions { Probes = 1 }, Token).Count);
    }

    [Fact]
    public void Should_Put_Each_Row_Into_One_List_The_Same_Way_Each_Time()
    {
        using var matrix = NpyFile.MapMatrix(_scratch["a.npy"]);
        var steps = new List<InvertedFileProgress>();
        var options = new InvertedFileOptions { Lists = 50, RowsPerList = 20, Seed = 3 };
        InvertedFileBuilder.Build(matrix, _scratch["one"], options, new Recorder(steps), Token);
        InvertedFileBuilder.Build(matrix, _scratch["two"], options with { Threads = 1 }, cancellationToken: Token);
        Assert.Equal(File.ReadAllBytes(_scratch["one"]), File.ReadAllBytes(_scratch["two"]));
        Assert.Contains(steps, s => s is { Iterations: 1, Assigned: 0 });
        Assert.Equal(Count, steps[^1].Assigned);

        using var file = InvertedFile.Load(_scratch["one"], matrix);
        Assert.Equal((50, Count, Columns), (file.Lists, file.Rows, file.Columns));
        var rows = Enumerable.Range(0, 50).SelectMany(l => file.List(l).ToArray()).ToArray();
        Assert.Equal(Enumerable.Range(0, Count), rows.Order());
        Assert.All(Enumerable.Range(0, 50), l => Assert.Equal(file.List(l).ToArray().Order(), file.List(l).ToArray()));
    }

    [Fact]
    public void Should_Refuse_Settings_That_Cannot_Be_And_Rows_That_Are_Not_Finite()
    {
        using (var matrix = NpyFile.MapMatrix(_scratch["a.npy"]))
        {
            InvertedFileOptions[] wrong =
            [
                new InvertedFileOptions { Lists = Count + 1 },
                new InvertedFileOptions { RowsPerList = 0 },
                new InvertedFileOptions { Lists = -1 },
            ];
            foreach (var bad in wrong)
            {
                Assert.Equal(
                    FailureKind.Usage,
                    Assert.Throws<AutodidactException>(
                        () => InvertedFileBuilder.Build(matrix, _scratch["bad"], bad, cancellationToken: Token)).Kind);
            }
        }

        using var spoiled = Rows.Clustered(500, 4, 5);
        spoiled[77][2] = float.NaN;
        Rows.Write(_scratch["b.npy"], spoiled);
        var refused = Assert.Throws<AutodidactException>(() => InvertedFileBuilder.Build(_scratch["b.npy"], cancellationToken: Token));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains("b.npy: row 77", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch["b.ivf"]));
    }

    [Fact]
    public void Should_Refuse_The_Inverted_File_Of_Other_Rows()
    {
        Build().Dispose();
        using (var other = Rows.Clustered(Count, Columns, 300, seed: 9))
        {
            NpyFile.Write(_scratch["a.npy"], other);
        }

        File.Delete(_scratch["a.index.json"]);
        AssertRefused("other values");
        using (var shorter = Rows.Clustered(10, Columns, 3))
        {
            Rows.Write(_scratch["c.npy"], shorter);
        }

        File.Copy(_scratch["a.ivf"], _scratch["c.ivf"]);
        AssertRefused("not the inverted file of this index", "c.npy");
        File.Delete(_scratch["c.index.json"]);
        AssertRefused("rows", "c.npy");
    }

    [Fact]
    public void Should_Drop_The_Inverted_File_Of_An_Index_That_Is_Written_Anew()
    {
        Build().Dispose();
        using var other = Rows.Clustered(10, Columns, 3);
        Rows.Write(_scratch["a.npy"], other);
        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Null(index.InvertedFile);
    }

    [Theory]
    [InlineData("starts", 1, -1L, "damaged")]
    [InlineData("starts", 1, 40_000L, "damaged")]
    [InlineData("starts", 0, 1L, "damaged")]
    [InlineData("rows", 0, Count, "damaged")]
    [InlineData("rows", 0, -1, "damaged")]
    [InlineData("rows", 0, Count - 1, "damaged")]
    [InlineData("centroids", 3, float.NaN, "damaged")]
    public void Should_Refuse_Lists_That_Lie(string tensor, int at, object value, string says)
    {
        using (var matrix = NpyFile.MapMatrix(_scratch["a.npy"]))
        {
            InvertedFileBuilder.Build(
                matrix, _scratch["a.ivf"], new InvertedFileOptions { Lists = 10, RowsPerList = 10 }, cancellationToken: Token);
        }

        File.Delete(_scratch["a.index.json"]);

        Overwrite(
            tensor,
            at,
            value switch
            {
                long l => BitConverter.GetBytes(l),
                int i => BitConverter.GetBytes(i),
                _ => BitConverter.GetBytes((float)value),
            });
        AssertRefused(says);
    }

    [Fact]
    public void Should_Refuse_A_File_That_Is_Cut_Off()
    {
        Build().Dispose();
        using (var file = File.OpenWrite(_scratch["a.ivf"]))
        {
            file.SetLength(file.Length - 1);
        }

        AssertRefused("damaged, or another file's");
        File.Delete(_scratch["a.index.json"]);
        AssertRefused("not a whole safetensors file");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EmbeddingIndex Build()
    {
        InvertedFileBuilder.Build(_scratch["a.npy"], cancellationToken: Token);
        return EmbeddingIndex.Open(_scratch["a.npy"]);
    }

    private void Overwrite(string tensor, int at, byte[] value)
    {
        long start;
        using (var reader = new SafetensorsReader(_scratch["a.ivf"]))
        {
            start = new FileInfo(_scratch["a.ivf"]).Length - reader.Entries.SkipWhile(e => e.Name != tensor).Sum(e => e.ByteCount);
        }

        using var file = File.OpenWrite(_scratch["a.ivf"]);
        file.Position = start + (at * value.Length);
        file.Write(value);
    }

    private void AssertRefused(string what, string name = "a.npy")
    {
        var failure = Assert.Throws<AutodidactException>(() => EmbeddingIndex.Open(_scratch[name]));
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private sealed class Recorder(List<InvertedFileProgress> steps) : IProgress<InvertedFileProgress>
    {
        public void Report(InvertedFileProgress value) => steps.Add(value);
    }
}
