using Autodidact.Files;
using Autodidact.Serialization;
using Parquet;
using Parquet.Schema;

namespace Autodidact.Search;

/// <summary>Embeddings as Apache Parquet: a column <c>key</c> (string) and a column <c>feature</c> (list of float).</summary>
internal sealed class ParquetEmbeddingWriter : IEmbeddingWriter
{
    /// <summary>Values of a row group: enough for readers to work in bulk, few enough to be held until they are written.</summary>
    private const int GroupValues = 1 << 22;

    private const int MostGroupRows = 1 << 16;

    // Of one writer each: a schema writes the place of a field into it.
    private readonly DataField _key = new("key", typeof(string), isNullable: false);
    private readonly DataField _value = new("element", typeof(float), isNullable: false);
    private readonly FileLock _lock;
    private readonly PendingFile _file;
    private readonly ParquetWriter _writer;
    private readonly List<string> _keys = [];
    private readonly List<float> _values = [];
    private readonly int _columns;
    private readonly int _groupRows;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file; its directory is created where missing.</param>
    /// <param name="columns">Values of a feature, 1 or more.</param>
    /// <exception cref="AutodidactException">
    /// Another process writes the file (usage), or the disk is full or refuses (environment).
    /// </exception>
    public ParquetEmbeddingWriter(string path, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        _columns = columns;
        _groupRows = Math.Clamp(GroupValues / columns, 1, MostGroupRows);
        _lock = FileLock.Take(path + ".lock", path);
        try
        {
            _file = new PendingFile(path);
            var schema = new ParquetSchema(_key, new ListField("feature", _value));
            _writer = ParquetWriter.CreateAsync(schema, _file.Stream).GetAwaiter().GetResult();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public void Append(string key, ReadOnlySpan<float> feature)
    {
        if (feature.Length != _columns)
        {
            throw new ArgumentException($"a feature of {feature.Length} values in a file of {_columns}", nameof(feature));
        }

        _keys.Add(key);
        _values.AddRange(feature);
        Count++;
        if (_keys.Count == _groupRows)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_keys.Count > 0)
        {
            Flush();
        }

        // Disposing is what writes the footer.
        _file.Write(_ => _writer.DisposeAsync().AsTask().GetAwaiter().GetResult());
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
    }

    private void Flush()
    {
        var values = _values.ToArray();
        var definitions = new int[values.Length];
        Array.Fill(definitions, _value.MaxDefinitionLevel);
        var repetitions = new int[values.Length];
        for (var i = 0; i < repetitions.Length; i++)
        {
            repetitions[i] = i % _columns == 0 ? 0 : 1;
        }

        _file.Write(_ => WriteGroup(values, definitions, repetitions).GetAwaiter().GetResult());
        _keys.Clear();
        _values.Clear();
    }

    private async Task WriteGroup(float[] values, int[] definitions, int[] repetitions)
    {
        using var group = _writer.CreateRowGroup();
        await group.WriteAsync(_key, _keys).ConfigureAwait(false);
        await group.WriteAllPartsAsync<float>(_value, values, definitions, repetitions, CancellationToken.None).ConfigureAwait(false);
        group.CompleteValidate();
    }
}
