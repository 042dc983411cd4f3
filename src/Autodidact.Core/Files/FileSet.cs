namespace Autodidact.Files;

/// <summary>
/// Files of one folder that change together. A writer leaves the new files beside the old ones and then names them in a journal: the rename
/// of the journal into its place is the moment of the change. Readers who find a journal read the files that it names; the writer, or the
/// next one, renames them and removes the journal.
/// </summary>
internal sealed class FileSet
{
    /// <summary>Times that a reader looks again when a writer changed the files under it.</summary>
    private const int MostLooks = 50;

    private readonly string _lockPath;
    private readonly IReadOnlyList<string> _files;
    private readonly FileSetJournal _journal;

    /// <summary>Names a set.</summary>
    /// <param name="name">Path that the names of the lock and of the journal begin with.</param>
    /// <param name="files">The files, whether they are there or not; the first is named in messages.</param>
    public FileSet(string name, IReadOnlyList<string> files)
    {
        _lockPath = name + ".lock";
        _files = files;
        _journal = new FileSetJournal(name + ".journal", files);
    }

    /// <summary>The journal of a change that is not finished.</summary>
    public string Journal => _journal.Path;

    /// <summary>Begins a change, alone. The change of a killed writer is finished first, and what it left is removed.</summary>
    /// <exception cref="AutodidactException">Another process writes the set (usage), or the disk refuses (environment).</exception>
    public FileSetChange Begin()
    {
        var held = FileLock.Take(_lockPath, _files[0]);
        try
        {
            if (_journal.Read() is { } unfinished) _journal.Finish(unfinished);
            foreach (var file in _files.Append(Journal)) TemporaryFile.RemoveBeside(file);
            return new FileSetChange(_journal, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the set as it was at one moment. If a writer changes it meanwhile, whatever was read or failed is dropped and read again.
    /// </summary>
    /// <typeparam name="T">Result; disposed where it is dropped.</typeparam>
    /// <param name="read">Reads: it is given where the content of a file lies, null where the set has no such file.</param>
    public T Read<T>(Func<Func<string, string?>, T> read)
        where T : IDisposable
    {
        for (var look = 1; ; look++)
        {
            var before = Stamp();
            try
            {
                var result = read(Places());
                if (look == MostLooks || before == Stamp()) return result;
                result.Dispose();
            }
            catch (AutodidactException) when (look < MostLooks && before != Stamp())
            {
                // Of two states, perhaps.
            }
        }
    }

    /// <summary>Where the content of a file lies now; null where the set has no such file.</summary>
    /// <param name="file">One of the set's files.</param>
    public string? Place(string file) => Places()(file);

    private Func<string, string?> Places()
    {
        var entry = _journal.Read();
        return file => entry is not null && entry.Removes(file) ? null
            : entry?.NewPlace(file) ?? (File.Exists(file) ? file : null);
    }

    /// <summary>Differs when a writer changed the set.</summary>
    private string Stamp() => string.Join('\n', _files.Append(Journal).Select(file =>
    {
        var info = new FileInfo(file);
        return info.Exists ? $"{info.Length} {info.LastWriteTimeUtc.Ticks}" : "";
    }));
}
