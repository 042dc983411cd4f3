using CsvHelper;

namespace Autodidact.Tables;

/// <summary>
/// Makes the bytes of one record at a time, for files whose every row must be whole when it is handed over. Not thread-safe.
/// </summary>
internal sealed class CsvRecordBuffer : IDisposable
{
    private static readonly CsvWriterOptions _options = new() { Separator = ',', NewLine = "\n", ValidateFieldCount = false };

    /// <summary>Some spreadsheets take a semicolon for a separator too: quotes keep a field together.</summary>
    private static readonly CsvWriterOptions _quoting = _options with { Quoting = CsvQuoting.Always };

    private readonly MemoryStream _bytes = new();
    private readonly CsvWriter _writer;

    /// <summary>Makes the buffer.</summary>
    /// <param name="quotesAll">Whether every field stands in quotes.</param>
    public CsvRecordBuffer(bool quotesAll = false) => _writer = CsvWriter.Create(_bytes, quotesAll ? _quoting : _options, leaveOpen: true);

    /// <summary>A record in UTF-8 with its line end; valid until the next one.</summary>
    /// <param name="fields">The record's fields, unquoted.</param>
    public ReadOnlySpan<byte> Of(params ReadOnlySpan<string> fields)
    {
        _bytes.SetLength(0);
        _writer.WriteRecord(fields);
        _writer.Flush();
        return _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _bytes.Dispose();
    }
}
