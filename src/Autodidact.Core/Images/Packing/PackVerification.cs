using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>Reads a pack to its end.</summary>
internal static class PackVerification
{
    /// <summary>The state of a pack.</summary>
    /// <param name="path">The pack.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="AutodidactException">It cannot be read; kind Environment.</exception>
    public static FileCheck Of(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var pack = PackedImages.Open(path);
            var (damaged, first) = (0, default(string));
            for (var image = 0; image < pack.Count; image++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (pack.IsWhole(image)) continue;
                damaged++;
                first ??= pack.Key(image);
            }

            return FileCheck.Of(
                path, damaged == 0 ? null : $"{damaged} of {Plural.Of(pack.Count, "image")}, the first '{OneLine.From(first!)}'");
        }
        catch (AutodidactException e) when (e.Kind == FailureKind.Data)
        {
            return FileCheck.Of(path, e.Message);
        }
    }
}
