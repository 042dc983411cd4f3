using Autodidact.Files;

namespace Autodidact.Runs;

/// <summary>
/// Appends to <c>metrics.jsonl</c>, a line a logged step, each handed to the system at once: what a killed process logged is kept. A line
/// torn by a kill is dropped when the file is opened again.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly string _path;
    private FileStream _stream;

    private MetricsLog(string path)
    {
        _path = path;
        _stream = OpenAtEnd(path);
    }

    /// <summary>Opens the log for appending, creating it where missing.</summary>
    /// <param name="path">The file.</param>
    public static MetricsLog Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new MetricsLog(path);
    }

    /// <summary>Every entry of a log, in file order; lines that cannot be read are left out, and a missing file has none.</summary>
    /// <param name="path">The file; it may be written to meanwhile.</param>
    public static IEnumerable<MetricsEntry> Read(string path) => Lines(path).Select(line => MetricsJson.Parse(line)).OfType<MetricsEntry>();

    /// <summary>Appends an entry.</summary>
    /// <param name="entry">The entry.</param>
    public void Append(MetricsEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _stream.Write(MetricsJson.Line(entry));
        _stream.Flush();
    }

    /// <summary>
    /// Drops what a stage logged after a step: a run resumed from a checkpoint repeats those steps and logs them again. Lines of other
    /// stages stay.
    /// </summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="step">The checkpoint's step; 0 drops all the stage logged.</param>
    public void DropAfter(string stage, long step)
    {
        _stream.Dispose();
        var lines = Lines(_path).ToList();
        var kept = lines.Where(line => MetricsJson.Parse(line) is { } entry && (entry.Stage != stage || entry.Step <= step)).ToList();
        if (kept.Count < lines.Count)
            AtomicFile.Write(_path, stream =>
            {
                foreach (var line in kept)
                {
                    stream.Write(line.Span);
                    stream.WriteByte((byte)'\n');
                }
            });
        _stream = OpenAtEnd(_path);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private static FileStream OpenAtEnd(string path)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var end = stream.Length;
        while (end > 0)
        {
            stream.Position = end - 1;
            if (stream.ReadByte() == '\n') break;
            end--;
        }
        stream.SetLength(end);
        stream.Position = end;
        return stream;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(string path)
    {
        if (!File.Exists(path)) yield break;
        byte[] content;
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            content = new byte[stream.Length];
            stream.ReadExactly(content);
        }
        var start = 0;
        while (start < content.Length)
        {
            var length = content.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0) length = content.Length - start;
            if (length > 0) yield return content.AsMemory(start, length);
            start += length + 1;
        }
    }
}
