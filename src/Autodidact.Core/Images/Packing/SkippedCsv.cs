using Autodidact.Tables;

namespace Autodidact.Images;

/// <summary>
/// The table of images that were left out (<c>skipped.csv</c>: <c>key,reason</c>, quoted as RFC 4180 says). It is for people, who open it
/// in spreadsheets: see <see cref="SpreadsheetCell"/>.
/// </summary>
internal static class SkippedCsv
{
    private const string Remedy = "prepare the images again";

    /// <summary>Writes the table, with its header even when nothing was skipped.</summary>
    /// <param name="path">File to write or replace.</param>
    /// <param name="skipped">The skipped images.</param>
    public static void Write(string path, IEnumerable<SkippedImage> skipped)
    {
        ArgumentNullException.ThrowIfNull(skipped);
        var cells = skipped.Select(image => new SkippedImage(SpreadsheetCell.Of(image.Key), SpreadsheetCell.Of(image.Reason)));
        CsvFormat.WriteFile(path, Records(cells));
    }

    /// <summary>Reads the table.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It cannot be read; kind Data.</exception>
    public static IReadOnlyList<SkippedImage> Read(string path) =>
    [
        .. Rows(CsvFormat.ReadFile(path, Remedy))
            .Select(image => new SkippedImage(SpreadsheetCell.Field(image.Key), SpreadsheetCell.Field(image.Reason))),
    ];

    internal static byte[] Format(IEnumerable<SkippedImage> skipped)
    {
        using var bytes = new MemoryStream();
        CsvFormat.Write(bytes, Records(skipped));
        return bytes.ToArray();
    }

    /// <summary>Reads the table out of another file.</summary>
    /// <param name="table">The table.</param>
    /// <param name="path">The file it is in.</param>
    /// <exception cref="AutodidactException">It is damaged; kind Data.</exception>
    internal static IReadOnlyList<SkippedImage> Parse(string table, string path)
    {
        try
        {
            return [.. Rows(CsvFormat.Read(table))];
        }
        catch (FormatException e)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: the table of skipped images is damaged ({e.Message}): {Remedy}", e);
        }
    }

    private static IEnumerable<string[]> Records(IEnumerable<SkippedImage> skipped) =>
        skipped.Select(image => new[] { image.Key, image.Reason }).Prepend(["key", "reason"]);

    private static IEnumerable<SkippedImage> Rows(IEnumerable<(long Line, string[] Fields)> records) =>
        records.Skip(1).Select(row => new SkippedImage(row.Fields[0], row.Fields.Length > 1 ? row.Fields[1] : string.Empty));
}
