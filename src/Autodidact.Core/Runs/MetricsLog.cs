using Autodidact.Files;

namespace Autodidact.Runs;

/// <summary>
/// Appends to <c>metrics.jsonl</c>, a line a logged step, each handed to the system at once: what a killed process logged is kept. A line
/// torn by a kill or a full disk is dropped when the file is opened again. The file is opened for the first entry, and after a failure
/// for the next one.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private const int BlockBytes = 1 << 16;

    /// <summary>An entry has a few hundred bytes.</summary>
    private const int LongestLine = 1 << 20;

    private readonly string _path;
    private FileStream? _stream;

    private MetricsLog(string path) => _path = path;

    /// <summary>Opens the log for appending; nothing is written yet.</summary>
    /// <param name="path">The file; it is created where missing.</param>
    public static MetricsLog Open(string path) => new(path);

    /// <summary>Every entry of a log, in file order; lines that cannot be read are left out, and a missing file has none.</summary>
    /// <param name="path">The file; it may be written to meanwhile.</param>
    public static IEnumerable<MetricsEntry> Read(string path) => Lines(path).Select(line => MetricsJson.Parse(line)).OfType<MetricsEntry>();

    /// <summary>Appends an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <exception cref="AutodidactException">
    /// The disk is full or refuses (kind Environment), or no file can be there (kind Data). The log takes the next entry when it can.
    /// </exception>
    public void Append(MetricsEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _stream ??= OpenAtEnd(_path);
        try
        {
            _stream.Write(MetricsJson.Line(entry));
            _stream.Flush();
        }
        catch (IOException e)
        {
            Close();
            throw DiskFailure.Of(_path, e);
        }
    }

    /// <summary>
    /// Drops what a stage logged after a step: a run resumed from a checkpoint repeats those steps and logs them again. Lines of other
    /// stages stay.
    /// </summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="step">The checkpoint's step; 0 drops all the stage logged.</param>
    public void DropAfter(string stage, long step)
    {
        Close();
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
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Close();

    private void Close()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (IOException)
        {
            // Disposing tries once more to write the line that failed; that failure is known.
        }

        _stream = null;
    }

    private static FileStream OpenAtEnd(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileStream? stream = null;
        try
        {
            if (File.Exists(path)) RegularFile.Require(path, long.MaxValue);
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            stream.SetLength(EndOfLastLine(stream));
            stream.Position = stream.Length;
            return stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw DiskFailure.Of(path, e);
        }
    }

    private static long EndOfLastLine(FileStream stream)
    {
        var block = new byte[BlockBytes];
        for (var end = stream.Length; end > 0;)
        {
            var part = block.AsSpan(0, (int)Math.Min(block.Length, end));
            stream.Position = end - part.Length;
            stream.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is >= 0 and var last) return end - part.Length + last + 1;
            end -= part.Length;
        }
        return 0;
    }

    /// <summary>The file's lines as it is read; an empty one, and one that is too long for an entry, is left out.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Lines(string path)
    {
        if (!File.Exists(path)) yield break;
        using var stream = OpenToRead(path);
        var block = new byte[BlockBytes];
        var line = new MemoryStream();
        var tooLong = false;
        int count;
        while ((count = stream.Read(block)) > 0)
        {
            var start = 0;
            while (block.AsSpan(start, count - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                Add(start, length);
                if (line.Length > 0 && !tooLong) yield return line.ToArray();
                (tooLong, start) = (false, start + length + 1);
                line.SetLength(0);
            }
            Add(start, count - start);
        }
        if (line.Length > 0 && !tooLong) yield return line.ToArray();

        void Add(int start, int length)
        {
            tooLong |= line.Length + length > LongestLine;
            if (!tooLong) line.Write(block, start, length);
        }
    }

    private static FileStream OpenToRead(string path)
    {
        try
        {
            return RegularFile.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path} cannot be read ({OneLine.From(e.Message)}): check the file and its permissions", e);
        }
    }
}
