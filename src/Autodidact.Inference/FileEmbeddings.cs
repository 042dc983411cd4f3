using System.Runtime.CompilerServices;
using Autodidact.Images;

namespace Autodidact.Inference;

/// <summary>A file's feature, or why there is none.</summary>
/// <param name="Path">The file.</param>
/// <param name="Feature">The feature, as the network gives it (not normalised); null where the file could not be read.</param>
/// <param name="Problem">Why there is none, in one line.</param>
public sealed record FileEmbedding(string Path, float[]? Feature, string? Problem);

/// <summary>Features of many files: decoded in parallel, a batch ahead of the network.</summary>
public static class FileEmbeddings
{
    /// <summary>Features of files, in their order. A file that cannot be read gives its problem in place of a feature.</summary>
    /// <param name="model">The model.</param>
    /// <param name="paths">The files; enumerated as far as needed.</param>
    /// <param name="source">Whose features; the deepest exit's if left out.</param>
    /// <param name="batchSize">Files a batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="AutodidactException">The model has no such exit, or no encoder; kind Usage.</exception>
    public static IAsyncEnumerable<FileEmbedding> EmbedFilesAsync(
        this EarlyExitModel model,
        IEnumerable<string> paths,
        FeatureSource source = default,
        int batchSize = 64,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return model.EmbedNamedAsync(paths.Select(path => new NamedFile(path)), source, batchSize, cancellationToken);
    }

    /// <summary>Features of every image below a folder, sorted by name; each path begins with the folder as it is given here.</summary>
    /// <remarks>Files and folders below it that cannot be read give their problem in place of a feature.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="source">Whose features; the deepest exit's if left out.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="AutodidactException">
    /// The folder does not exist (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public static IAsyncEnumerable<FileEmbedding> EmbedFolderAsync(
        this EarlyExitModel model, string folder, FeatureSource source = default, CancellationToken cancellationToken = default) =>
        model.EmbedNamedAsync(ImageFiles.Below(folder, cancellationToken), source, cancellationToken: cancellationToken);

    /// <summary>Features of files of which some may have a problem already.</summary>
    internal static async IAsyncEnumerable<FileEmbedding> EmbedNamedAsync(
        this EarlyExitModel model,
        IEnumerable<NamedFile> named,
        FeatureSource source = default,
        int batchSize = 64,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var files in DecodedFiles.Read(model, source, named, batchSize, cancellationToken).ConfigureAwait(false))
        {
            var pixels = DecodedFiles.Pixels(files);
            using var features = await Task.Run(() => model.EmbedPixels(pixels, source, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            var row = 0;
            foreach (var file in files)
            {
                yield return new FileEmbedding(file.Path, file.Pixels is null ? null : features[row++].ToArray(), file.Problem);
            }
        }
    }
}
