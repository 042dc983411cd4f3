using Autodidact.Files;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Search;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

/// <summary>An index changes in one moment, and notices a file that is not its own.</summary>
public sealed class IndexChangeTests : IDisposable
{
    private const int Count = 3000;
    private const int Columns = 128;

    private readonly ScratchFolder _scratch = new();
    private readonly FeatureMatrix _old = Rows.Clustered(Count, Columns, 30, seed: 1);
    private readonly FeatureMatrix _new = Rows.Clustered(Count, Columns, 30, seed: 2);

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Should_Be_Old_Or_New_Whichever_File_Operation_Was_The_Last()
    {
        var index = _scratch["a.npy"];
        Rows.Write(index, _old);
        InvertedFileBuilder.Build(index, cancellationToken: Token);
        var before = Contents();
        var steps = Journaled(index);

        // Before the journal has its name nothing has changed.
        File.Move(_scratch["a.index.journal"], _scratch["aside"]);
        AssertSearches(index, _old, inverted: true);
        File.Move(_scratch["aside"], _scratch["a.index.journal"]);

        // After it, the new index is there, however many of its files have got their names.
        AssertSearches(index, _new, inverted: false);
        foreach (var (from, to) in steps)
        {
            File.Move(from, to, overwrite: true);
            AssertSearches(index, _new, inverted: false);
        }

        File.Delete(_scratch["a.ivf"]);
        AssertSearches(index, _new, inverted: false);
        Assert.NotEqual(before, Contents());
    }

    [Fact]
    public void Should_Finish_The_Change_Of_A_Killed_Writer_And_Remove_What_Others_Left()
    {
        var index = _scratch["a.npy"];
        Rows.Write(index, _old);
        InvertedFileBuilder.Build(index, cancellationToken: Token);
        Journaled(index);
        string[] own = ["a.npy.mine.tmp", "b.npy.0123456789abcdef0123456789abcdef.tmp", "a.npy.0123456789ABCDEF0123456789ABCDEF.tmp"];
        string[] left = ["a.npy.0123456789abcdef0123456789abcdef.tmp", "a.ivf.0123456789abcdef0123456789abcdef.tmp", "a.index.lock"];
        foreach (var name in own.Concat(left)) File.WriteAllText(_scratch[name], "");

        // A writer that comes to nothing finishes the other's change all the same.
        using (var writer = new EmbeddingIndexWriter(index, 5)) writer.Append("none", new float[5]);
        string[] expected = [.. own, "a.index.json", "a.keys.csv", "a.npy"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), _scratch.Files.Order(StringComparer.Ordinal));
        AssertSearches(index, _new, inverted: false);
    }

    [Fact]
    public void Should_Refuse_A_Second_Writer_And_Leave_The_First_Alone()
    {
        var index = _scratch["a.npy"];
        using (var first = new EmbeddingIndexWriter(index, Columns))
        {
            var told = Assert.Throws<AutodidactException>(() => new EmbeddingIndexWriter(index, Columns));
            Assert.Equal(FailureKind.Usage, told.Kind);
            Assert.Contains("another process is writing", told.Message, StringComparison.Ordinal);
            Assert.Contains("a.npy", told.Message, StringComparison.Ordinal);
            Assert.Throws<AutodidactException>(() => InvertedFileBuilder.Build(index, cancellationToken: Token));
            first.Append("k0", _new[0]);
            first.Complete();
        }

        Assert.Equal(["a.index.json", "a.keys.csv", "a.npy"], _scratch.Files.Order());
        Rows.Write(index, _old);
        AssertSearches(index, _old, inverted: false);
    }

    [Fact]
    public void Should_Give_The_Lock_To_One_Of_Many_At_A_Time()
    {
        var (inside, taken) = (0, 0);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (var i = 0; i < 300; i++)
            {
                using var held = FileLock.TryTake(_scratch["x.lock"]);
                if (held is null) continue;
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Interlocked.Increment(ref taken);
                Thread.Yield();
                Assert.Equal(0, Interlocked.Decrement(ref inside));
            }
        });
        Assert.True(taken > 0);
        Assert.Empty(_scratch.Files);
    }

    [Fact]
    public void Should_Not_Take_A_File_Of_The_Users_For_A_Lock()
    {
        File.WriteAllText(_scratch["a.index.lock"], "mine");
        var told = Assert.Throws<AutodidactException>(() => new EmbeddingIndexWriter(_scratch["a.npy"], Columns));
        Assert.Contains("a.index.lock is in the way", told.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_scratch["a.index.lock"]));
    }

    [Fact]
    public async Task Should_Read_Whole_Indexes_While_A_Writer_Changes_Them()
    {
        var index = _scratch["a.npy"];
        Rows.Write(index, _old);
        var writer = Task.Run(
            () =>
            {
                for (var i = 0; i < 30; i++) Rows.Write(index, i % 2 == 0 ? _new : _old);
            },
            Token);
        while (!writer.IsCompleted)
        {
            using var opened = EmbeddingIndex.Open(index);
            var expected = opened[0].SequenceEqual(_old[0]) ? _old : _new;
            for (var row = 0; row < Count; row += 100) Assert.True(opened[row].SequenceEqual(expected[row]));
        }

        await writer;
    }

    [Theory]
    [InlineData("a.npy", 200)]
    [InlineData("a.npy", 1_200_000)]
    [InlineData("a.keys.csv", 9)]
    [InlineData("a.keys.csv", 20_000)]
    [InlineData("a.ivf", 300)]
    [InlineData("a.ivf", 1_500_000)]
    [InlineData("a.index.json", 60)]
    public void Should_Notice_A_Flipped_Bit_Before_It_Answers(string file, int at)
    {
        var index = _scratch["a.npy"];
        Rows.Write(index, _old);
        InvertedFileBuilder.Build(index, cancellationToken: Token);
        AssertSearches(index, _old, inverted: true);
        using (var stream = File.Open(_scratch[file], FileMode.Open))
        {
            stream.Position = at;
            var value = stream.ReadByte();
            stream.Position = at;
            stream.WriteByte((byte)(value ^ 4));
        }

        var told = Assert.Throws<AutodidactException>(() => AssertSearches(index, _old, inverted: true));
        Assert.Equal(FailureKind.Data, told.Kind);
        Assert.Contains(file, told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told.Message);
    }

    [Theory]
    [InlineData("a.npy")]
    [InlineData("a.keys.csv")]
    [InlineData("a.index.json")]
    public void Should_Notice_A_File_Of_Another_Index(string file)
    {
        // Equal sizes, and equal first keys: only the digests tell.
        Rows.Write(_scratch["a.npy"], _old);
        using (var writer = new EmbeddingIndexWriter(_scratch["b.npy"], Columns))
        {
            for (var row = 0; row < Count; row++) writer.Append($"k{(row < Count - 2 ? row : 2 * Count - 3 - row)}", _new[row]);
            writer.Complete();
        }

        File.Copy(_scratch[file.Replace('a', 'b')[..1] + file[1..]], _scratch[file], overwrite: true);
        var told = Assert.Throws<AutodidactException>(() => AssertSearches(_scratch["a.npy"], _old, inverted: false));
        Assert.Contains("another file's", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Complete_Without_The_Inverted_File_That_Cannot_Be_Built()
    {
        using (var writer = new EmbeddingIndexWriter(_scratch["a.npy"], Columns))
        {
            for (var row = 0; row < Count; row++) writer.Append($"k{row}", _old[row]);
            Assert.Throws<OperationCanceledException>(() => writer.Complete((_, place) =>
            {
                File.WriteAllText(place, "half of it");
                throw new OperationCanceledException();
            }));
        }

        AssertSearches(_scratch["a.npy"], _old, inverted: false);
        Assert.Equal(["a.index.json", "a.keys.csv", "a.npy"], _scratch.Files.Order());
    }

    [Fact]
    public void Should_Name_The_Index_And_Not_Its_New_File_In_A_Failure()
    {
        _old[77][3] = float.NaN;
        using (var writer = new EmbeddingIndexWriter(_scratch["a.npy"], Columns))
        {
            for (var row = 0; row < Count; row++) writer.Append($"k{row}", _old[row]);
            var failure = Assert.Throws<AutodidactException>(
                () => writer.Complete((matrix, place) => InvertedFileBuilder.Build(matrix, place, cancellationToken: Token)));
            Assert.StartsWith($"{_scratch["a.npy"]}: row 77", failure.Message, StringComparison.Ordinal);
            Assert.True(writer.IsCompleted);
        }

        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Equal((Count, "k77"), (index.Count, index.Key(77)));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Writes the new index, and brings the folder to where its writer was when only the journal had its name.</summary>
    /// <returns>The renames that are left.</returns>
    private List<(string From, string To)> Journaled(string index)
    {
        var other = new ScratchFolder();
        Rows.Write(other["a.npy"], _new);
        var id = Guid.NewGuid();
        var steps = new List<(string, string)>();
        foreach (var name in new[] { "a.npy", "a.keys.csv", "a.index.json" })
        {
            var temporary = TemporaryFile.NameFor(_scratch[name], id);
            File.Copy(other[name], temporary);
            steps.Add((temporary, _scratch[name]));
        }

        other.Dispose();
        File.WriteAllText(
            IndexFiles.Set(index).Journal,
            $$"""{"Schema":1,"Id":"{{id}}","Written":["a.npy","a.keys.csv","a.index.json"],"Removed":["a.ivf"]}""");
        return steps;
    }

    private string Contents() => string.Join(
        ' ', _scratch.Files.Order(StringComparer.Ordinal).Select(f => $"{f} {BlockDigests.Of(_scratch[f])}"));

    private static void AssertSearches(string path, FeatureMatrix rows, bool inverted)
    {
        using var index = EmbeddingIndex.Open(path);
        Assert.Equal(inverted, index.InvertedFile is not null);
        Assert.Equal((rows.Rows, rows.Columns), (index.Count, index.Columns));
        for (var row = 0; row < rows.Rows; row += 97)
        {
            var hit = index.Search(rows[row], 1, new SearchOptions { Threads = 2 }, Token)[0];
            Assert.Equal((row, $"k{row}"), (hit.Row, hit.Key));
            Assert.Equal((row, $"k{row}"), (index.Search(rows[row], 1, SearchOptions.Exact, Token)[0].Row, index.Key(row)));
        }
    }
}
