using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Pipeline;
using Autodidact.Serialization;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Artefacts;

public sealed class FeatureRowsTests : IDisposable
{
    private static readonly string[] _keys = ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"];
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Take_Rows_In_Order_Where_There_Are_No_Names()
    {
        using var rows = FeatureRows.Read(Write(3), Set());
        Assert.Equal([0f, 1f, 2f], Enumerable.Range(0, 3).Select(i => rows[i][0]));
    }

    [Theory]
    [InlineData("dog/1.jpg", "cat/1.jpg", "cat/2.jpg")]
    [InlineData("pictures/train/dog/1.jpg", "pictures/train/cat/1.jpg", "pictures/train/cat/2.jpg")]
    [InlineData("C:\\pictures\\dog\\1.jpg", "C:\\pictures\\cat\\1.jpg", "C:\\pictures\\cat\\2.jpg")]
    public void Should_Find_Rows_By_Name_Whatever_Folder_The_Names_Begin_In(params string[] named)
    {
        using var rows = FeatureRows.Read(Write(3, named), Set());
        Assert.Equal([1f, 2f, 0f], Enumerable.Range(0, 3).Select(i => rows[i][0]));
    }

    [Fact]
    public void Should_Find_Names_That_Begin_Inside_The_Set()
    {
        using var rows = FeatureRows.Read(Write(2, "b.jpg", "a.jpg"), Set("train/a.jpg", "train/b.jpg"));
        Assert.Equal([1f, 0f], Enumerable.Range(0, 2).Select(i => rows[i][0]));
    }

    [Fact]
    public void Should_Leave_Out_Rows_Of_Images_The_Set_Does_Not_Hold()
    {
        using var rows = FeatureRows.Read(Write(4, "cat/2.jpg", "broken.jpg", "cat/1.jpg", "dog/1.jpg"), Set());
        Assert.Equal([2f, 0f, 3f], Enumerable.Range(0, 3).Select(i => rows[i][0]));
    }

    [Fact]
    public void Should_Refuse_Keys_Of_Other_Features()
    {
        var path = _scratch["embedded.npy"];
        WriteIndex(path, 0, 1, 2);
        using (var rows = FeatureRows.Read(path, Set())) Assert.Equal([0f, 1f, 2f], Enumerable.Range(0, 3).Select(i => rows[i][0]));
        WriteIndex(_scratch["other.npy"], 2, 1, 0);
        File.Copy(_scratch["other.npy"], path, overwrite: true);
        var refused = Assert.Throws<AutodidactException>(() => FeatureRows.Read(path, Set()));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains("embedded.npy: damaged, or another file's", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_Keys_Of_Thousands_Of_Folders_Within_A_Moment()
    {
        var deep = string.Concat(Enumerable.Repeat("x/", 20_000));
        var path = Write(3, $"{deep}1.jpg", $"{deep}2.jpg", $"{deep}3.jpg");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Refused("no row for cat/1.jpg", path);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Should_Refuse_What_Does_Not_Belong_To_These_Images()
    {
        Refused("4 rows for 3 images", Write(4));
        Refused("no row for cat/2.jpg", Write(3, "cat/1.jpg", "cat/3.jpg", "dog/1.jpg"));

        // One name for two images says nothing about either.
        Refused("no row for cat/1.jpg", Write(3, "1.jpg", "2.jpg", "1.jpg"));
        Refused("row 2 has no key", Write(3, "cat/1.jpg", "cat/2.jpg"));
        var twice = Write(3, _keys);
        File.AppendAllText(IndexFiles.Keys(twice), "2,dog/2.jpg\n");
        Refused("row 2 is named twice", twice);
        File.AppendAllText(IndexFiles.Keys(twice), "three,dog/2.jpg\n");
        Refused("named twice", twice);
        var torn = Write(3, _keys);
        File.AppendAllText(IndexFiles.Keys(torn), "\"3,dog/2.jpg\n");
        Refused("line 5: a quoted field does not end", torn);
        File.WriteAllText(IndexFiles.Keys(twice), "row,key\n7,dog/2.jpg\n");
        Refused("expected a row from 0 to 2", twice);
        Refused("of dog/1.jpg is not finite", Write(3, last: float.NaN));
    }

    private void Refused(string says, string path)
    {
        var refused = Assert.Throws<AutodidactException>(() => FeatureRows.Read(path, Set()).Dispose());
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static InMemoryImages Set(params string[] keys)
    {
        keys = keys.Length > 0 ? keys : _keys;
        return new InMemoryImages(new byte[keys.Length * 3], 1, 1, keys);
    }

    private string Write(int rows, params string[] keys) => Write(rows, rows - 1, keys);

    private string Write(int rows, float last, params string[] keys)
    {
        using var matrix = new FeatureMatrix(rows, 2);
        for (var row = 0; row < rows; row++)
        {
            matrix[row].Fill(row == rows - 1 ? last : row);
        }

        var path = _scratch["f.npy"];
        NpyFile.Write(path, matrix);
        File.Delete(IndexFiles.Keys(path));
        if (keys.Length > 0)
        {
            File.WriteAllText(IndexFiles.Keys(path), $"row,key\n{string.Concat(keys.Select((key, row) => $"{row},{key}\n"))}");
        }

        return path;
    }

    private static void WriteIndex(string path, params int[] first)
    {
        using var writer = new EmbeddingIndexWriter(path, 2);
        foreach (var (key, value) in _keys.Zip(first)) writer.Append(key, [value, 1]);
        writer.Complete();
    }
}
