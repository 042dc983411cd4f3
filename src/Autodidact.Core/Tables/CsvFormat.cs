using System.Text;
using Autodidact.Files;
using CsvHelper;

namespace Autodidact.Tables;

/// <summary>
/// Comma-separated values as RFC 4180 describes them, read and written by CsvHelper: every file of ours and every file that a user gives.
/// Fields with commas, quotes or line breaks stand in quotes, and quotes in them are doubled. Lines we write end with LF.
/// </summary>
internal static class CsvFormat
{
    /// <summary>No record is longer. Without a limit, one quote that is not closed would pull a file of any size into memory.</summary>
    private const int LargestRecord = 1 << 20;

    /// <summary>No record has more fields: each is an object of its own, however short it is.</summary>
    private const int MostFields = 1_000;

    /// <summary>No table that a user gives is larger: most of what it holds is kept.</summary>
    private const long LargestFile = 1L << 30;

    private static CsvReaderOptions Reading { get; } = new()
    {
        Separator = ',',
        HasHeader = false,
        DetectSeparatorHint = false,
        TrackLineNumbers = true,
        MaxRecordSize = LargestRecord,
        OnMalformedRecord = Refuse,
    };

    /// <summary>Reads records of text with the line each begins on. Blank lines are left out.</summary>
    /// <param name="text">The whole table.</param>
    /// <exception cref="FormatException">A quoted field does not end, or text follows its closing quote.</exception>
    public static IEnumerable<(long Line, string[] Fields)> Read(string text) => Records(CsvReader.FromText(text, Reading));

    /// <summary>Reads records of UTF-8 with the line each begins on. Blank lines are left out.</summary>
    /// <param name="utf8">The table; not disposed.</param>
    /// <exception cref="FormatException">A quoted field does not end, or text follows its closing quote.</exception>
    public static IEnumerable<(long Line, string[] Fields)> Read(Stream utf8) => Records(CsvReader.Create(utf8, Reading, leaveOpen: true));

    /// <summary>Reads the records of a file, as it goes, with the line each begins on. Blank lines are left out.</summary>
    /// <param name="path">The file: UTF-8, or with a byte order mark.</param>
    /// <param name="remedy">What to do when it cannot be read.</param>
    /// <param name="subject">What the file is called in messages; its path if left out.</param>
    /// <exception cref="AutodidactException">It is missing, cannot be read, or its quotes are broken; kind Data.</exception>
    public static IEnumerable<(long Line, string[] Fields)> ReadFile(string path, string remedy, string? subject = null)
    {
        using var records = Guarded(() => Records(CsvReader.Create(Open(path), Reading)).GetEnumerator());
        while (Guarded(records.MoveNext))
        {
            yield return records.Current;
        }

        T Guarded<T>(Func<T> step)
        {
            try
            {
                return step();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                var why = e.Message.ReplaceLineEndings(" ");
                throw new AutodidactException(FailureKind.Data, $"{subject ?? path} cannot be read ({why}): {remedy}", e);
            }
        }
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">File to write or replace.</param>
    /// <param name="records">Its records, unquoted.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public static void WriteFile(string path, IEnumerable<string[]> records) =>
        AtomicFile.Write(path, stream => Write(stream, records));

    /// <summary>Writes records.</summary>
    /// <param name="stream">Is written to, and stays open.</param>
    /// <param name="records">The records, unquoted.</param>
    public static void Write(Stream stream, IEnumerable<string[]> records)
    {
        using var buffer = new CsvRecordBuffer();
        foreach (var record in records)
        {
            stream.Write(buffer.Of(record));
        }
    }

    /// <summary>One record as text, without its line end.</summary>
    /// <param name="fields">The record's fields, unquoted.</param>
    public static string Line(params ReadOnlySpan<string> fields)
    {
        using var record = new CsvRecordBuffer();
        return Encoding.UTF8.GetString(record.Of(fields)[..^1]);
    }

    private static FileStream Open(string path)
    {
        var stream = RegularFile.Open(path);
        if (stream.Length <= LargestFile) return stream;
        stream.Dispose();
        throw new UnreadableFileException($"it is larger than {LargestFile >> 20} MB");
    }

    /// <summary>One record as text for a spreadsheet, which takes none of its fields for a formula; without its line end.</summary>
    /// <param name="fields">The record's fields, unquoted.</param>
    public static string SpreadsheetLine(params ReadOnlySpan<string> fields)
    {
        var cells = new string[fields.Length];
        for (var i = 0; i < cells.Length; i++) cells[i] = SpreadsheetCell.Of(fields[i]);
        using var record = new CsvRecordBuffer(quotesAll: true);
        return Encoding.UTF8.GetString(record.Of(cells)[..^1]);
    }

    private static IEnumerable<(long Line, string[] Fields)> Records(CsvReader reader)
    {
        using (reader)
        {
            while (reader.Read())
            {
                yield return (reader.LineNumber, Fields(reader));
            }
        }
    }

    private static string[] Fields(CsvReader reader)
    {
        if (reader.FieldCount > MostFields)
            throw new FormatException($"line {reader.LineNumber}: {reader.FieldCount} fields, the limit is {MostFields}");
        var fields = new string[reader.FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = reader.GetString(i);
        }

        return fields;
    }

    /// <summary>
    /// Quotes that do not pair are an error. A quote inside a plain field is text: users' tables hold inches and nicknames.
    /// </summary>
    private static void Refuse(CsvMalformedRecord record)
    {
        if (record.Reason != CsvMalformedReason.StrayQuote)
        {
            var isOpen = record.Reason == CsvMalformedReason.UnterminatedQuote;
            var what = isOpen ? "a quoted field does not end" : "text follows a closing quote";
            throw new FormatException($"line {record.LineNumber}: {what}");
        }
    }
}
