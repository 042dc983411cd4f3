using System.Runtime.CompilerServices;
using Autodidact.Images;

namespace Autodidact.Inference;

/// <summary>Predictions for many files: decoded in parallel, a batch ahead of the network.</summary>
public static class FilePredictions
{
    /// <summary>Answers for files, in their order. A file that cannot be read gives its problem in place of an answer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="paths">The files; enumerated as far as needed.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <param name="batchSize">Files a batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IAsyncEnumerable<FilePrediction> PredictFilesAsync(
        this EarlyExitModel model,
        IEnumerable<string> paths,
        ExitPolicy? policy = null,
        int batchSize = 64,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return model.PredictNamedAsync(paths.Select(path => new NamedFile(path)), policy, batchSize, cancellationToken);
    }

    /// <summary>Answers for every image below a folder, sorted by name; each path begins with the folder as it is given here.</summary>
    /// <remarks>Files and folders below it that cannot be read give their problem in place of an answer.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="AutodidactException">The folder does not exist, or a graph is damaged; kind Data.</exception>
    public static IAsyncEnumerable<FilePrediction> PredictFolderAsync(
        this EarlyExitModel model, string folder, ExitPolicy? policy = null, CancellationToken cancellationToken = default) =>
        model.PredictNamedAsync(ImageFiles.Below(folder, cancellationToken), policy, cancellationToken: cancellationToken);

    /// <summary>Answers for files of which some may have a problem already.</summary>
    internal static async IAsyncEnumerable<FilePrediction> PredictNamedAsync(
        this EarlyExitModel model,
        IEnumerable<NamedFile> named,
        ExitPolicy? policy = null,
        int batchSize = 64,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var batches = DecodedFiles.Read(model, FeatureSource.Deepest, named, batchSize, cancellationToken);
        await foreach (var files in batches.ConfigureAwait(false))
        {
            var pixels = DecodedFiles.Pixels(files);
            var answers = new Queue<Prediction>(
                await Task.Run(() => model.PredictPixels(pixels, policy, cancellationToken), cancellationToken).ConfigureAwait(false));
            foreach (var file in files)
            {
                yield return new FilePrediction(file.Path, file.Pixels is null ? null : answers.Dequeue(), file.Problem);
            }
        }
    }
}
