using CsvHelper;

namespace Autodidact.Tables;

/// <summary>Writes one record at a time, for files whose every row must be whole when it is handed over. Of one thread.</summary>
internal sealed class CsvRecordBuffer : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly CsvWriter _writer;

    public CsvRecordBuffer() => _writer = CsvWriter.Create(_bytes, CsvFormat.Writing, leaveOpen: true);

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
