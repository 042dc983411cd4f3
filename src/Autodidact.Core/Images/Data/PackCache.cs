using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>
/// Packs by content: the file name is made from the source's stamp and from what decides its pixels, so the same request finds the same
/// file and a changed folder gets a new one. Beside each pack lie the labels its source knew, in a file of their own.
/// </summary>
/// <param name="directory">Where packs are kept.</param>
internal sealed class PackCache(string directory)
{
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(100);

    /// <summary>Opens the pack of a source, building it if it is missing or damaged.</summary>
    /// <returns>The pack, the labels of its source, and whether it was there already.</returns>
    public (PackedImages Pack, EvaluationLabels OwnLabels, bool Cached) GetOrBuild(
        string name, IImageSource source, PackOptions options, IProgress<PackProgress>? progress, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, FileName(name, source, options));
        var claim = path + ".lock";
        if (TryOpen(path) is { } ready)
        {
            FileLock.RemoveLeftover(claim);
            return (ready.Pack, ready.Labels, true);
        }

        MakeFolder();

        // Another process may be building the same pack: wait for it instead of doing the work twice.
        using var building = Lock(claim, cancellationToken);
        if (TryOpen(path) is { } built)
            return (built.Pack, built.Labels, true);
        AtomicFile.RemoveLeftovers(path);
        AtomicFile.RemoveLeftovers(LabelsPath(path));
        var names = PackBuilder.Build(source, path, options, progress, cancellationToken);
        var labels = EvaluationLabels.FromNames(names);
        labels.Save(LabelsPath(path));
        return (PackedImages.Open(path), labels, false);
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Environment,
                $"the cache folder {directory} cannot be made ({DiskFailure.Reason(e)}): "
                    + "set AUTODIDACT_CACHE to a folder that can be written",
                e);
        }
    }

    private static string LabelsPath(string path) => Path.ChangeExtension(path, ".own-labels.json");

    /// <summary>A pack that is damaged, or whose labels are, counts as missing: it is only a copy and can be made again.</summary>
    private static (PackedImages Pack, EvaluationLabels Labels)? TryOpen(string path)
    {
        if (!File.Exists(path) || !File.Exists(LabelsPath(path)))
            return null;
        PackedImages? pack = null;
        try
        {
            pack = PackedImages.Open(path);
            var labels = EvaluationLabels.Load(LabelsPath(path));
            if (labels.Count == pack.Count)
                return (pack, labels);
        }
        catch (AutodidactException e) when (e.Kind == FailureKind.Data)
        {
            // Built again below.
        }

        pack?.Dispose();
        return null;
    }

    private static string FileName(string name, IImageSource source, PackOptions options)
    {
        var content = string.Create(
            CultureInfo.InvariantCulture,
            $"{PackLayout.FormatVersion}\n{ImageDecoder.Version}\n{options.Side}\n{PackOptions.DefaultSide}\n{PackOptions.LargestOwnSide}\n"
                + $"{options.Limits.MaxPixels}\n{options.Limits.MaxBytes}\n{source.Stamp()}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 10));
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-').Take(60));
        return $"{safe}-{hash}.pack";
    }

    private static FileLock Lock(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FileLock.TryTake(path) is { } taken) return taken;
            cancellationToken.WaitHandle.WaitOne(_retry);
        }
    }
}
