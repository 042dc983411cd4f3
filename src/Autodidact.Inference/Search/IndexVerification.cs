using Autodidact.Files;

namespace Autodidact.Inference;

/// <summary>Reads an index to its end.</summary>
internal static class IndexVerification
{
    /// <summary>The state of each file of an index.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>.</param>
    public static IReadOnlyList<FileCheck> Of(string path)
    {
        using var checks = IndexFiles.Set(path).Read(place => new Checks(Of(path, place)));
        return checks.Files;
    }

    /// <summary>Refuses features or keys that are damaged or not of the same index; those of which nothing is recorded pass.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>.</param>
    /// <param name="place">Where the content of a file lies.</param>
    /// <exception cref="AutodidactException">One of them is damaged; kind Data.</exception>
    public static void Require(string path, Func<string, string?> place)
    {
        if (place(IndexFiles.Manifest(path)) is not { } about || IndexManifest.Load(about).Parts is not { } parts) return;
        foreach (var check in new[] { Of(path, place, parts.Matrix), Of(IndexFiles.Keys(path), place, parts.Keys) })
        {
            if (check.Problem is { } problem)
            {
                throw new AutodidactException(
                    FailureKind.Data, $"{check.Path}: damaged, or another file's: {problem}: {IndexManifest.Remedy}");
            }
        }
    }

    private static IReadOnlyList<FileCheck> Of(string path, Func<string, string?> place)
    {
        var about = IndexFiles.Manifest(path);
        IndexParts? parts = null;
        var checks = new List<FileCheck>();
        if (place(about) is { } found)
        {
            var read = FileCheck.Unrecorded(about, () => parts = IndexManifest.Load(found).Parts);
            checks.Add(parts is null ? read : FileCheck.Of(about, null));
        }

        if (parts is null)
        {
            // Structure alone can be checked.
            checks.Insert(0, FileCheck.Unrecorded(path, () => EmbeddingIndex.Open(path).Dispose()));
            foreach (var file in new[] { IndexFiles.Keys(path), IndexFiles.InvertedFile(path) }.Where(f => place(f) is not null))
            {
                checks.Add(new FileCheck(file, FileState.Unrecorded));
            }

            return checks;
        }

        checks.Insert(0, Of(path, place, parts.Matrix));
        checks.Insert(1, Of(IndexFiles.Keys(path), place, parts.Keys));
        var lists = IndexFiles.InvertedFile(path);
        if (parts.InvertedFile is { } inverted) checks.Add(Of(lists, place, inverted));
        else if (place(lists) is not null) checks.Add(FileCheck.Of(lists, "the index was written without an inverted file"));
        return checks;
    }

    private static FileCheck Of(string file, Func<string, string?> place, IndexPart part)
    {
        if (place(file) is not { } found) return FileCheck.Of(file, "missing");
        try
        {
            var digests = BlockDigests.Of(found);
            return FileCheck.Of(
                file,
                digests.Length != part.Bytes ? $"{digests.Length} bytes, {part.Bytes} were written"
                : part.Digests!.FirstDifference(digests) is { } first ? $"its bytes from {first} on are not those that were written"
                : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileCheck.Of(file, OneLine.From(e.Message));
        }
    }

    /// <summary>Nothing is open any more.</summary>
    private sealed record Checks(IReadOnlyList<FileCheck> Files) : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
