using System.Globalization;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Serialization;
using Autodidact.Tables;

namespace Autodidact.Artefacts;

/// <summary>
/// Brings ready features (<c>F.npy</c>) into the order of a set's images. If <c>F.keys.csv</c> lies beside (columns row and key, as
/// <c>autodidact embed</c> writes it), rows are found by their file names. Otherwise there must be as many rows as images, in their order.
/// </summary>
internal static class FeatureRows
{
    /// <summary>Every depth is tried: a key of a million slashes would be tried for days.</summary>
    private const int DeepestFolder = 64;

    /// <summary>Where features lie: they may be of an index that has not got its names yet. Null where there are none.</summary>
    /// <param name="path">The file.</param>
    public static string? Place(string path) => IndexFiles.Set(path).Place(path);

    /// <summary>Where the names of features lie; null where there are none.</summary>
    /// <param name="path">The file of the features.</param>
    public static string? PlaceOfKeys(string path) => IndexFiles.Set(path).Place(IndexFiles.Keys(path));

    /// <summary>Reads features, one row an image of the set.</summary>
    /// <param name="path">The file: float32 [rows, d].</param>
    /// <param name="images">The set.</param>
    /// <returns>Owned by the caller.</returns>
    /// <exception cref="AutodidactException">Broken, not finite, or not of these images; kind Data.</exception>
    public static FeatureMatrix Read(string path, IImageSet images) => IndexFiles.Set(path).Read(place => Read(path, place, images));

    private static FeatureMatrix Read(string path, Func<string, string?> place, IImageSet images)
    {
        // Keys of other features would give images the features of others.
        IndexVerification.Require(path, place);
        var matrix = NpyFile.ReadMatrix(place(path) ?? path);
        try
        {
            if (place(IndexFiles.Keys(path)) is { } keys)
            {
                var rows = Find(keys, ReadKeys(keys, matrix.Rows), images);
                if (!rows.AsSpan().SequenceEqual([.. Enumerable.Range(0, matrix.Rows)]))
                {
                    using var all = matrix;
                    matrix = all.Select(rows);
                }
            }
            else if (matrix.Rows != images.Count)
            {
                throw Bad(
                    path,
                    $"it has {matrix.Rows} rows for {images.Count} images (broken ones and exact copies are left out, see skipped.csv): "
                    + $"put {Path.GetFileName(IndexFiles.Keys(path))} with the columns row and key beside it");
            }

            for (var row = 0; row < matrix.Rows; row++)
            {
                if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(matrix[row]))
                {
                    throw Bad(path, $"the feature of {images.Key(row)} is not finite: write the file again");
                }
            }

            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    private static string[] ReadKeys(string path, int rows)
    {
        var keys = new string?[rows];
        foreach (var fields in CsvFormat.ReadFile(path, "write the file again").Skip(1).Select(line => line.Fields))
        {
            if (fields is not [var number, var key]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
                || row >= rows)
            {
                throw Bad(path, $"'{string.Join(',', fields)}': expected a row from 0 to {rows - 1} and its key");
            }

            keys[row] = keys[row] is null ? key.Replace('\\', '/') : throw Bad(path, $"row {row} is named twice: write the file again");
        }

        return [.. keys.Select((key, row) => key ?? throw Bad(path, $"row {row} has no key: write the file again"))];
    }

    /// <summary>
    /// Row of every image. Names may begin in other folders than the set's do (<c>pictures/train/cat/1.jpg</c> and <c>cat/1.jpg</c>), the
    /// same on all: as few leading folders are dropped as it takes to find every image.
    /// </summary>
    private static int[] Find(string path, string[] keys, IImageSet images)
    {
        var wanted = Enumerable.Range(0, images.Count).Select(images.Key).ToArray();
        var depth = keys.Append("").Max(Depth);
        string? missing = null;
        for (var dropped = 0; dropped <= depth + wanted.Max(Depth); dropped++)
        {
            for (var ofImages = 0; ofImages <= Math.Min(dropped, wanted.Max(Depth)); ofImages++)
            {
                var rows = Match(keys, dropped - ofImages, wanted, ofImages, out var unmatched);
                if (rows is not null)
                {
                    return rows;
                }

                missing ??= unmatched;
            }
        }

        throw Bad(path, $"it names no row for {missing}: give features of these images");
    }

    private static int[]? Match(string[] keys, int droppedOfKeys, string[] wanted, int droppedOfImages, out string? missing)
    {
        var rows = new Dictionary<string, int>(keys.Length);
        for (var row = 0; row < keys.Length; row++)
        {
            // Two rows of one name stand for neither.
            var name = Without(keys[row], droppedOfKeys);
            rows[name] = rows.ContainsKey(name) ? -1 : row;
        }

        var found = new int[wanted.Length];
        for (var i = 0; i < wanted.Length; i++)
        {
            found[i] = rows.GetValueOrDefault(Without(wanted[i], droppedOfImages), -1);
            if (found[i] < 0)
            {
                missing = wanted[i];
                return null;
            }
        }

        missing = found.Distinct().Count() == found.Length ? null : wanted[0];
        return missing is null ? found : null;
    }

    private static int Depth(string key) => Math.Min(DeepestFolder, key.Count(c => c == '/'));

    private static string Without(string key, int folders)
    {
        var start = 0;
        for (; folders > 0 && key.IndexOf('/', start) is var slash and >= 0; folders--)
        {
            start = slash + 1;
        }

        return key[start..];
    }

    private static AutodidactException Bad(string path, string what) => new(FailureKind.Data, $"{path}: {what}");
}
