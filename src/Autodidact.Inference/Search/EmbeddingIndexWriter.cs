using System.Globalization;
using Autodidact.Files;
using Autodidact.Serialization;
using Autodidact.Tables;

namespace Autodidact.Inference;

/// <summary>
/// Writes an <see cref="EmbeddingIndex"/> row by row. All its files change in one moment, when it is completed; until then an earlier index
/// of that name stays. While one writer is at work, another of the same name is refused.
/// </summary>
public sealed class EmbeddingIndexWriter : IEmbeddingWriter
{
    private readonly string _path;
    private readonly IndexManifest _manifest;
    private readonly FileSetChange _change;
    private readonly NpyMatrixWriter _matrix;
    private readonly PendingFile _keys;
    private readonly CsvRecordBuffer _record = new();

    /// <summary>Begins an index of a model's features.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>; the other files are put beside it.</param>
    /// <param name="model">The model.</param>
    /// <param name="source">Whose features; the deepest exit's if left out.</param>
    /// <exception cref="AutodidactException">
    /// The model has no such exit or no encoder, or another process writes this index (kind Usage), or the disk is full or refuses (kind
    /// Environment).
    /// </exception>
    public EmbeddingIndexWriter(string path, EarlyExitModel model, FeatureSource source = default)
        : this(
            path,
            model is null ? throw new ArgumentNullException(nameof(model)) : model.FeatureSizeOf(source),
            IndexManifest.Of(model, source))
    {
    }

    /// <summary>Begins an index of features from anywhere.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>; the keys are put beside it.</param>
    /// <param name="columns">Values of a feature, 1 or more.</param>
    /// <exception cref="AutodidactException">
    /// Another process writes this index (kind Usage), or the disk is full or refuses (kind Environment).
    /// </exception>
    public EmbeddingIndexWriter(string path, int columns)
        : this(path, columns, new IndexManifest())
    {
    }

    private EmbeddingIndexWriter(string path, int columns, IndexManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        _path = path;
        _manifest = manifest;
        _change = IndexFiles.Set(path).Begin();
        try
        {
            _matrix = new NpyMatrixWriter(_change.Write(path), columns);
            _keys = _change.Write(IndexFiles.Keys(path));
            WriteKey("row", "key");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Count => _matrix.Rows;

    /// <summary>Whether the index is there, with an inverted file or without.</summary>
    internal bool IsCompleted { get; private set; }

    /// <inheritdoc/>
    public void Append(string key, ReadOnlySpan<float> feature)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(feature.Length, _matrix.Columns, nameof(feature));
        WriteKey(Count.ToString(CultureInfo.InvariantCulture), key);
        _matrix.Append(feature);
    }

    /// <inheritdoc/>
    public void Complete() => Complete(invert: null);

    /// <summary>Completes an index with an inverted file. If that cannot be built, the index is completed without it.</summary>
    /// <param name="invert">Writes the inverted file of a matrix to a path; null leaves it out.</param>
    internal void Complete(Action<MappedMatrix, string>? invert)
    {
        _matrix.Close();
        _keys.Close();
        var inverted = IndexFiles.InvertedFile(_path);
        if (invert is null)
        {
            _change.Remove(inverted);
            Commit(null);
            return;
        }

        try
        {
            using var matrix = NpyFile.MapMatrix(_change.Temporary(_path));
            invert(matrix, _change.Place(inverted));
        }
        catch (Exception e)
        {
            // The features were the work of hours, perhaps; an inverted file can be built later.
            var named = e is AutodidactException failure ? _change.Named(failure) : null;
            _change.Drop(inverted);
            Commit(null);
            if (named is not null) throw named;
            throw;
        }

        Commit(IndexPart.Of(_change.Temporary(inverted)));
    }

    /// <summary>Drops an index that was not completed.</summary>
    public void Dispose()
    {
        _matrix?.Dispose();
        _keys?.Dispose();
        _change.Dispose();
        _record.Dispose();
    }

    private void Commit(IndexPart? inverted)
    {
        var keys = IndexFiles.Keys(_path);
        var parts = new IndexParts(IndexPart.Of(_change.Temporary(_path)), IndexPart.Of(_change.Temporary(keys)), inverted);
        using (var manifest = _change.Write(IndexFiles.Manifest(_path)))
        {
            _manifest.With(parts).Write(manifest);
        }

        _change.Commit();
        IsCompleted = true;
    }

    private void WriteKey(string row, string key) => _keys.Write(stream => stream.Write(_record.Of(row, key)));
}
