using System.Text;
using Autodidact.Files;
using Autodidact.Tables;

namespace Autodidact.Experiments;

/// <summary>
/// <c>results.csv</c>: a row a finished run, on the disk as soon as it is there. A row torn by a kill is dropped when the file is opened
/// again; its run directory still knows what it held.
/// </summary>
internal sealed class ResultsFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;
    private readonly FileStream _stream;
    private readonly List<ResultRow> _rows;

    private ResultsFile(string path, FileStream heldLock, FileStream stream, List<ResultRow> rows)
    {
        _path = path;
        _lock = heldLock;
        _stream = stream;
        _rows = rows;
    }

    /// <summary>Every row so far.</summary>
    public IReadOnlyList<ResultRow> Rows => _rows;

    /// <summary>Opens the table for appending, creating it where missing. Only one process may.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metrics">Names of its figures.</param>
    /// <exception cref="AutodidactException">Another process writes to it, it has other columns, or it cannot be read.</exception>
    public static ResultsFile Open(string path, IReadOnlyList<string> metrics)
    {
        var (heldLock, stream) = OpenFiles(Path.GetFullPath(path));
        try
        {
            var text = Whole(Content(stream, path));
            stream.SetLength(Encoding.UTF8.GetByteCount(text));
            stream.Position = stream.Length;
            var file = new ResultsFile(path, heldLock, stream, [.. Parse(text, path, metrics)]);
            if (text.Length == 0) file.Write(ResultRow.Columns(metrics));
            return file;
        }
        catch
        {
            stream.Dispose();
            heldLock.Dispose();
            throw;
        }
    }

    /// <summary>Every whole row of a table, without a claim on it; a missing file has none.</summary>
    /// <param name="path">The file; it may be written to meanwhile.</param>
    /// <param name="metrics">Names of its figures.</param>
    /// <exception cref="AutodidactException">It has other columns, or cannot be read.</exception>
    public static IReadOnlyList<ResultRow> Read(string path, IReadOnlyList<string> metrics)
    {
        if (!File.Exists(path)) return [];
        try
        {
            using var stream = RegularFile.Open(path);
            return [.. Parse(Whole(Content(stream, path)), path, metrics)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, OneLine.From(e.Message), e);
        }
    }

    /// <summary>Appends a row and hands it to the disk.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Append(ResultRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Write(row.ToFields());
        _rows.Add(row);
    }

    /// <summary>Closes the file and lets other processes in.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _lock.Dispose();
    }

    /// <summary>
    /// The table, and the file whose open handle is the claim on it: a file of its own, since others may read the table meanwhile. The
    /// system lets go of it when the process dies.
    /// </summary>
    private static (FileStream Lock, FileStream Table) OpenFiles(string path)
    {
        var claim = Path.Combine(Path.GetDirectoryName(path)!, ".lock");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var heldLock = LockFile.TryTake(claim) ?? throw new AutodidactException(
                FailureKind.Usage, $"another process is working on {path}: wait for it, or name another folder with out");
            try
            {
                if (File.Exists(path)) RegularFile.Require(path, long.MaxValue);
                return (heldLock, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0));
            }
            catch
            {
                heldLock.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Of(path, e);
        }
    }

    /// <summary>One write for the whole line: a kill leaves it there, or torn at the end, where it is recognised.</summary>
    private void Write(IReadOnlyList<string> fields)
    {
        using var record = new CsvRecordBuffer();
        try
        {
            _stream.Write(record.Of([.. fields.Select(f => f.ReplaceLineEndings(" "))]));
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            throw DiskFailure.Of(_path, e);
        }
    }

    private static string Content(FileStream stream, string path) => stream.Length <= RegularFile.MostRecordBytes
        ? Encoding.UTF8.GetString(RegularFile.ReadAll(stream))
        : throw Unreadable(path, $"it is larger than {RegularFile.MostRecordBytes >> 20} MB", null);

    private static string Whole(string text) => text[..(text.LastIndexOf('\n') + 1)];

    private static IEnumerable<ResultRow> Parse(string text, string path, IReadOnlyList<string> metrics)
    {
        List<(long Line, string[] Fields)> records;
        try
        {
            records = [.. CsvFormat.Read(text)];
        }
        catch (FormatException e)
        {
            throw Unreadable(path, e.Message, e);
        }

        var columns = ResultRow.Columns(metrics);
        if (records.Count > 0 && !records[0].Fields.SequenceEqual(columns))
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{path} has other columns than the experiment asks for: remove the file and run again "
                + "(finished runs are read again, not trained again), or name another folder with out");
        }

        foreach (var (line, fields) in records.Skip(1))
        {
            if (fields.Length != columns.Count)
            {
                throw Unreadable(path, $"line {line} has {Plural.Of(fields.Length, "field")} in place of {columns.Count}", null);
            }
            ResultRow row;
            try
            {
                row = ResultRow.FromFields(fields, metrics.Count);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw Unreadable(path, $"line {line}: {e.Message}", e);
            }

            yield return row;
        }
    }

    private static AutodidactException Unreadable(string path, string why, Exception? cause) => new(
        FailureKind.Data,
        $"{path} cannot be read ({why}): remove the file and run again: finished runs are read again, not trained again",
        cause);
}
