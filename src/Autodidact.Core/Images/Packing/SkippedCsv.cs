using System.Text;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>The table of images that were left out (<c>skipped.csv</c>: <c>key,reason</c>, quoted as RFC 4180 says).</summary>
internal static class SkippedCsv
{
    /// <summary>Writes the table, with its header even when nothing was skipped.</summary>
    /// <param name="path">File to write or replace.</param>
    /// <param name="skipped">The skipped images.</param>
    public static void Write(string path, IEnumerable<SkippedImage> skipped) => AtomicFile.WriteText(path, Format(skipped));

    /// <summary>Reads the table.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It cannot be read.</exception>
    public static IReadOnlyList<SkippedImage> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(FailureKind.Data, $"{path} cannot be read: {e.Message}", e);
        }
    }

    internal static string Format(IEnumerable<SkippedImage> skipped)
    {
        ArgumentNullException.ThrowIfNull(skipped);
        var text = new StringBuilder();
        Csv.AppendRow(text, "key", "reason");
        foreach (var image in skipped)
            Csv.AppendRow(text, image.Key, image.Reason);
        return text.ToString();
    }

    internal static IReadOnlyList<SkippedImage> Parse(string text) =>
        [.. Csv.Read(text).Skip(1).Select(row => new SkippedImage(row.Fields[0], row.Fields.Length > 1 ? row.Fields[1] : string.Empty))];
}
