using Autodidact.Serialization;

namespace Autodidact.Inference;

/// <summary>Gives an index that exists an inverted file; it changes in one moment, with its manifest.</summary>
internal static class IndexInversion
{
    /// <summary>Gives an index an inverted file.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>.</param>
    /// <param name="invert">Writes the inverted file of a matrix to a path.</param>
    /// <exception cref="AutodidactException">
    /// Another process writes the index (usage), a file of it is damaged (data), or the disk is full or refuses (environment).
    /// </exception>
    public static void Of(string path, Action<MappedMatrix, string> invert)
    {
        using var change = IndexFiles.Set(path).Begin();
        var about = IndexFiles.Manifest(path);
        var manifest = File.Exists(about) ? IndexManifest.Load(about) : null;
        var inverted = IndexFiles.InvertedFile(path);
        using (var matrix = NpyFile.MapMatrix(path, manifest?.Parts?.Matrix.Digests, IndexManifest.Remedy))
        {
            var place = change.Place(inverted);
            try
            {
                invert(matrix, place);
            }
            catch (AutodidactException e)
            {
                throw change.Named(e);
            }
        }

        // An index of an earlier version, or of another program, has no digests: none can be vouched for now.
        if (manifest?.Parts is { } parts)
        {
            var lists = IndexPart.Of(change.Temporary(inverted));
            using var file = change.Write(about);
            manifest.With(parts with { InvertedFile = lists }).Write(file);
        }

        change.Commit();
    }
}
