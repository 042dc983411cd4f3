using System.Globalization;
using Autodidact.Files;
using Autodidact.Tables;

namespace Autodidact.Serialization;

/// <summary>
/// Embeddings as comma-separated values: a column <c>key</c>, then <c>f0</c>, <c>f1</c>, ...; each number in the shortest form that reads
/// back the same.
/// </summary>
internal sealed class CsvEmbeddingWriter : IEmbeddingWriter
{
    private readonly FileLock _lock;
    private readonly PendingFile _file;
    private readonly string[] _fields;
    private readonly CsvRecordBuffer _record = new();

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file; its directory is created where missing.</param>
    /// <param name="columns">Values of a feature, 1 or more.</param>
    /// <exception cref="AutodidactException">
    /// Another process writes the file (usage), or the disk is full or refuses (environment).
    /// </exception>
    public CsvEmbeddingWriter(string path, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        _fields = ["key", .. Enumerable.Range(0, columns).Select(i => string.Create(CultureInfo.InvariantCulture, $"f{i}"))];
        _lock = FileLock.Take(path + ".lock", path);
        try
        {
            _file = new PendingFile(path);
            Write();
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
        if (feature.Length != _fields.Length - 1)
        {
            throw new ArgumentException($"a feature of {feature.Length} values in a file of {_fields.Length - 1}", nameof(feature));
        }

        _fields[0] = key;
        for (var i = 0; i < feature.Length; i++)
        {
            _fields[i + 1] = feature[i].ToString("R", CultureInfo.InvariantCulture);
        }

        Write();
        Count++;
    }

    /// <inheritdoc/>
    public void Complete() => _file.Commit();

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
        _record.Dispose();
    }

    private void Write() => _file.Write(stream => stream.Write(_record.Of(_fields)));
}
