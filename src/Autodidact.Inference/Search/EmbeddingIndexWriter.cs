using System.Globalization;
using Autodidact.Files;
using Autodidact.Serialization;
using Autodidact.Tables;

namespace Autodidact.Inference;

/// <summary>
/// Writes an <see cref="EmbeddingIndex"/> row by row. Its files appear, whole, when it is completed; until then an earlier index of that
/// name stays.
/// </summary>
public sealed class EmbeddingIndexWriter : IEmbeddingWriter
{
    private readonly string _path;
    private readonly IndexManifest? _manifest;
    private readonly NpyMatrixWriter _matrix;
    private readonly PendingFile _keys;
    private readonly CsvRecordBuffer _record = new();

    /// <summary>Begins an index of a model's features.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>; the other files are put beside it.</param>
    /// <param name="model">The model.</param>
    /// <param name="source">Whose features; the deepest exit's if left out.</param>
    /// <exception cref="AutodidactException">
    /// The model has no such exit or no encoder (kind Usage), or the disk is full or refuses (kind Environment).
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
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public EmbeddingIndexWriter(string path, int columns)
        : this(path, columns, manifest: null)
    {
    }

    internal EmbeddingIndexWriter(string path, int columns, IndexManifest? manifest)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
        _manifest = manifest;
        _matrix = new NpyMatrixWriter(path, columns);
        try
        {
            _keys = new PendingFile(IndexFiles.Keys(path));
            WriteKey("row", "key");
        }
        catch
        {
            _keys?.Dispose();
            _matrix.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Count => _matrix.Rows;

    /// <inheritdoc/>
    public void Append(string key, ReadOnlySpan<float> feature)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(feature.Length, _matrix.Columns, nameof(feature));
        WriteKey(Count.ToString(CultureInfo.InvariantCulture), key);
        _matrix.Append(feature);
    }

    /// <inheritdoc/>
    public void Complete()
    {
        // Files of an earlier index would be taken for this one's if the process were killed between two renames.
        foreach (var stale in new[] { IndexFiles.InvertedFile(_path), IndexFiles.Manifest(_path) })
        {
            try
            {
                File.Delete(stale);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw DiskFailure.Of(stale, e);
            }
        }

        _keys.Commit();
        _matrix.Complete();
        _manifest?.Save(IndexFiles.Manifest(_path));
    }

    /// <summary>Drops an index that was not completed.</summary>
    public void Dispose()
    {
        _matrix.Dispose();
        _keys.Dispose();
        _record.Dispose();
    }

    private void WriteKey(string row, string key) => _keys.Write(stream => stream.Write(_record.Of(row, key)));
}
