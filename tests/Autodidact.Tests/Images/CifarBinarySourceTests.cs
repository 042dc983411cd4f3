using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class CifarBinarySourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Should_Read_Cifar10_Records_And_Interleave_Planes()
    {
        _directory.Write("data_batch_1.bin", [.. Record(1, 3), .. Record(2, 0)]);
        _directory.Write("data_batch_2.bin", Record(3, 9));
        _directory.Write("test_batch.bin", Record(4, 1));
        _directory.Write("batches.meta.txt", string.Join('\n', Enumerable.Range(0, 10).Select(i => $"class{i}")) + "\n\n");
        var entries = new CifarBinarySource(_directory.Root, train: true).All();
        Assert.Equal(
            [("data_batch_1/00000", "class3"), ("data_batch_1/00001", "class0"), ("data_batch_2/00000", "class9")],
            entries.Select(entry => (entry.Key, entry.Label)));
        var raw = Assert.IsType<RawImage>(entries[1].Content);
        Assert.Equal([2, 12, 22, 2, 12, 22], raw.Pixels[..6].ToArray());
        Assert.Equal("class1", Assert.Single(new CifarBinarySource(_directory.Root, train: false).All()).Label);
    }

    [Fact]
    public void Should_Read_Fine_Labels_Of_Cifar100()
    {
        _directory.Write("train.bin", [7, .. Record(1, 42)]);
        _directory.Write("test.bin", [7, .. Record(1, 43)]);
        _directory.Write("fine_label_names.txt", string.Join('\n', Enumerable.Range(0, 100).Select(i => $"fine{i}")));
        Assert.True(CifarBinarySource.IsCifar(_directory.Root));
        var entry = Assert.Single(new CifarBinarySource(_directory.Root, train: true).All());
        Assert.Equal(("train/00000", "fine42"), (entry.Key, entry.Label));
    }

    [Fact]
    public void Should_Refuse_Truncated_File_In_One_Line()
    {
        _directory.Write("data_batch_1.bin", Record(1, 3)[..^1]);
        var e = Assert.Throws<AutodidactException>(() => new CifarBinarySource(_directory.Root, train: true));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Contains("3072 bytes is no multiple of 3073", e.Message);
    }

    [Fact]
    public void Should_Refuse_Label_Out_Of_Range()
    {
        _directory.Write("data_batch_1.bin", Record(1, 10));
        var e = Assert.Throws<AutodidactException>(() => new CifarBinarySource(_directory.Root, train: true).All());
        Assert.Contains("label 10 in record 0", e.Message);
    }

    private static byte[] Record(byte value, byte label)
    {
        var record = new byte[3073];
        record[0] = label;
        for (var plane = 0; plane < 3; plane++)
            record.AsSpan(1 + (1024 * plane), 1024).Fill((byte)(value + (10 * plane)));
        return record;
    }
}
