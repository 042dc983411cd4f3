using CsvHelper;

namespace Autodidact.Tables;

/// <summary>
/// Makes the bytes of one record at a time, for files whose every row must be whole when it is handed over. Not thread-safe.
/// </summary>
internal sealed class CsvRecordBuffer : IDisposable
{
    private static readonly CsvWriterOptions _options = new() { Separator = ',', NewLine = "\n", ValidateFieldCount = false };

    private readonly MemoryStream _bytes = new();
    private readonly CsvWriter _writer;

    public CsvRecordBuffer() => _writer = CsvWriter.Create(_bytes, _options, leaveOpen: true);

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
