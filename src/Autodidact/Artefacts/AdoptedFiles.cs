using Autodidact.Configuration;
using Autodidact.Pretraining;

namespace Autodidact.Artefacts;

/// <summary>Files of other makers that stand in for pre-training: an encoder, or ready features.</summary>
internal static class AdoptedFiles
{
    /// <summary>
    /// Digest of the files' contents. Once the run has its own copies, the files may go: the recorded digest then counts.
    /// </summary>
    /// <param name="options">Names the files.</param>
    /// <param name="recorded">The digest in the run's record; null before the run has copies.</param>
    /// <exception cref="AutodidactException">A file is missing, and the run has no copy; kind Data.</exception>
    public static string Digest(PretrainOptions options, string? recorded)
    {
        var digests = new List<string>();
        foreach (var (option, file) in options.AdoptedFiles)
        {
            if (Place(options, file) is not { } found) return recorded ?? throw Missing(option, file);
            digests.Add(FileDigest.Of(found));
            if (options.EncoderKind == EncoderKind.Features && FeatureRows.PlaceOfKeys(file) is { } keys) digests.Add(FileDigest.Of(keys));
        }

        return string.Join(' ', digests);
    }

    /// <summary>Refuses a run whose files are not all there.</summary>
    /// <param name="options">Names the files.</param>
    /// <exception cref="AutodidactException">A file is missing; kind Data.</exception>
    public static void Require(PretrainOptions options)
    {
        foreach (var (option, file) in options.AdoptedFiles)
        {
            if (Place(options, file) is null) throw Missing(option, file);
        }
    }

    private static string? Place(PretrainOptions options, string file) =>
        options.EncoderKind == EncoderKind.Features ? FeatureRows.Place(file) : File.Exists(file) ? file : null;

    private static AutodidactException Missing(string option, string file) =>
        new(FailureKind.Data, $"{option}: {file}: no such file: correct the path");
}
