using System.Globalization;
using Autodidact.Images;
using Autodidact.Search;
using Autodidact.Serialization;
using Autodidact.Tables;
using Parquet;

namespace Autodidact.Tests.Serialization;

public sealed class EmbeddingWriterTests : IDisposable
{
    private static readonly string[] _keys = ["plain.jpg", "with, comma.jpg", "with \"quotes\".jpg", "zwölf.jpg"];
    private static readonly float[][] _features = [[0.1f, -2, 3e-30f], [float.MaxValue, 0, 1 / 3f], [1, 2, 3], [-0.5f, 1e-45f, 4]];
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Write_Csv_That_Reads_Back_To_The_Last_Bit()
    {
        Write(new CsvEmbeddingWriter(_scratch["a.csv"], 3));
        var rows = CsvFormat.Read(File.ReadAllText(_scratch["a.csv"])).Select(r => r.Fields).ToArray();
        Assert.Equal(["key", "f0", "f1", "f2"], rows[0]);
        Assert.Equal(_keys, rows.Skip(1).Select(r => r[0]));
        Assert.Equal(_features, rows.Skip(1).Select(r => r.Skip(1).Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray()));
    }

    [Fact]
    public async Task Should_Write_Parquet_With_A_List_For_Each_Key()
    {
        Write(new ParquetEmbeddingWriter(_scratch["a.parquet"], 3));
        var (keys, features) = await ReadParquet(_scratch["a.parquet"], 3);
        Assert.Equal(_keys, keys);
        Assert.Equal(_features, features);
    }

    [Fact]
    public async Task Should_Write_Parquet_Of_Several_Row_Groups()
    {
        const int Columns = 1 << 20;
        using (var writer = new ParquetEmbeddingWriter(_scratch["a.parquet"], Columns))
        {
            var feature = new float[Columns];
            for (var i = 0; i < 6; i++)
            {
                feature[i] = i + 1;
                writer.Append($"{i}", feature);
            }

            writer.Complete();
        }

        var (keys, features) = await ReadParquet(_scratch["a.parquet"], Columns);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], keys);
        Assert.Equal([1, 2, 3, 4, 5, 6], features[5].Take(6));
        Assert.Equal([1, 2, 0], features[1].Take(3));
    }

    [Fact]
    public void Should_Leave_Nothing_Where_It_Was_Not_Completed()
    {
        IEmbeddingWriter[] writers = [new CsvEmbeddingWriter(_scratch["a.csv"], 3), new ParquetEmbeddingWriter(_scratch["a.parquet"], 3)];
        foreach (var writer in writers)
        {
            using (writer)
            {
                writer.Append("a", [1, 2, 3]);
                Assert.Throws<ArgumentException>(() => writer.Append("b", [1, 2]));
                Assert.Equal(1, writer.Count);
            }
        }

        Assert.Empty(_scratch.Files);
    }

    private static void Write(IEmbeddingWriter writer)
    {
        using (writer)
        {
            for (var i = 0; i < _keys.Length; i++)
            {
                writer.Append(_keys[i], _features[i]);
            }

            writer.Complete();
        }
    }

    private static async Task<(List<string> Keys, List<float[]> Features)> ReadParquet(string path, int columns)
    {
        var (keys, features) = (new List<string>(), new List<float[]>());
        await using var reader = await ParquetReader.CreateAsync(path, null, TestContext.Current.CancellationToken);
        var fields = reader.Schema.DataFields;
        Assert.Equal(["key", "feature/list/element"], fields.Select(f => f.Path.ToString()));
        for (var number = 0; number < reader.RowGroupCount; number++)
        {
            using var group = reader.OpenRowGroupReader(number);
            var names = new string[group.RowCount];
            await group.ReadAsync(fields[0], names, null, TestContext.Current.CancellationToken);
            keys.AddRange(names);
            var values = new float[group.RowCount * columns];
            var (definitions, repetitions) = (new int[values.Length], new int[values.Length]);
            await group.ReadRawAsync<float>(fields[1], values, definitions, repetitions, TestContext.Current.CancellationToken);
            Assert.Equal([fields[1].MaxDefinitionLevel], definitions.Distinct());
            Assert.True(Enumerable.Range(0, values.Length).Select(i => i % columns == 0 ? 0 : 1).SequenceEqual(repetitions));
            features.AddRange(values.Chunk(columns));
        }

        return (keys, features);
    }
}
