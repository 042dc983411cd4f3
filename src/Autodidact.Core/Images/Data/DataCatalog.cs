using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>The sources that a DATA string names.</summary>
/// <param name="Name">Short name for run directories and files.</param>
/// <param name="Train">Training images, or all where there are no splits.</param>
/// <param name="Evaluation">Evaluation images; null where the data has no such split.</param>
/// <param name="Labelled">Whether the data brings labels of its own.</param>
/// <param name="Notes">Notes to the user on how the data was read, a line each.</param>
internal sealed record DataSources(string Name, IImageSource Train, IImageSource? Evaluation, bool Labelled, IReadOnlyList<string> Notes);

/// <summary>Finds out what a DATA string names: the built-in set, a folder, a zip archive, CIFAR's binary files.</summary>
/// <param name="synthetic">Makes a split of the built-in set: number of images, seed, split name.</param>
internal sealed class DataCatalog(Func<int, ulong, string, IImageSource> synthetic)
{
    /// <summary>Opens the sources of <see cref="DataRequest.Data"/> or another DATA string.</summary>
    /// <param name="data">The DATA string.</param>
    /// <param name="request">Seed, sizes and limits.</param>
    /// <param name="cancellationToken">Stops the listing of a folder or an archive.</param>
    /// <exception cref="AutodidactException">It names nothing that can be read.</exception>
    public DataSources Resolve(string data, DataRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(request);
        if (data == DataRequest.BuiltIn)
            return new DataSources(
                data,
                synthetic(request.SyntheticTrainImages, request.Seed, "train"),
                synthetic(request.SyntheticEvaluationImages, request.Seed, "test"),
                Labelled: true,
                []);
        if (data == DataRequest.OfProgram)
        {
            return request.Images is { } own
                ? new DataSources(data, own.Train, own.Evaluation, Labelled: false, [])
                : throw new AutodidactException(
                    FailureKind.Data, "the images of this run came from a program itself: start that program again to go on with it");
        }

        if (Directory.Exists(data))
        {
            return CifarBelow(data) is { } cifar
                ? new DataSources(Name(data), new CifarBinarySource(cifar, train: true), CifarTest(cifar), Labelled: true, [])
                : Divide(Name(data), data, new FolderSource(data, request.Limits, cancellationToken));
        }

        if (!File.Exists(data))
            throw new AutodidactException(
                FailureKind.Data,
                $"no data at '{data}': "
                    + $"give a folder of images, a .zip archive, a folder of CIFAR's binary files, or {DataRequest.BuiltIn}");
        return IsZip(data)
            ? Divide(Path.GetFileNameWithoutExtension(data), data, new ZipSource(data, request.Limits, cancellationToken))
            : throw new AutodidactException(
                FailureKind.Data, $"{data} is neither a folder nor a zip archive: unpack it and give the folder, or give a .zip");
    }

    private static DataSources Divide(string name, string data, ListedSource source)
    {
        if (source.Items.Count == 0)
            throw new AutodidactException(
                FailureKind.Data, $"{data} holds no images: give a place with JPEG, PNG, WebP, GIF, TIFF or BMP files");
        var layout = SplitLayout.Detect(source.Items);
        string[] notes = layout.Ignored == 0
            ? []
            : [$"{layout.Ignored} images lie in other folders than the training and evaluation split and are left out"];
        return new DataSources(
            name,
            source.With(layout.Evaluation is null ? source.Description : $"{source.Description}:train", layout.Train),
            layout.Evaluation is null ? null : source.With($"{source.Description}:evaluation", layout.Evaluation),
            layout.HasClassFolders,
            notes);
    }

    /// <summary>CIFAR's archives unpack to a folder of their own (cifar-10-batches-bin): it or its parent may be given.</summary>
    private static string? CifarBelow(string directory)
    {
        if (CifarBinarySource.IsCifar(directory))
            return directory;
        try
        {
            var below = Directory.EnumerateDirectories(directory).Where(CifarBinarySource.IsCifar).Take(2).ToArray();
            return below.Length == 1 ? below[0] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The source of images will say why the folder cannot be read.
            return null;
        }
    }

    private static CifarBinarySource? CifarTest(string directory) =>
        File.Exists(Path.Combine(directory, "test_batch.bin")) || File.Exists(Path.Combine(directory, "test.bin"))
            ? new CifarBinarySource(directory, train: false)
            : null;

    private static bool IsZip(string path)
    {
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            return true;
        Span<byte> start = stackalloc byte[4];
        try
        {
            using var stream = RegularFile.Open(path);
            return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start is [(byte)'P', (byte)'K', 3, 4];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path} cannot be read ({OneLine.From(e.Message)}): give a folder of images or a .zip archive", e);
        }
    }

    private static string Name(string directory)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        return name.Length == 0 ? "data" : name;
    }
}
