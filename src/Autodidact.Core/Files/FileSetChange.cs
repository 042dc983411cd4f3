namespace Autodidact.Files;

/// <summary>
/// A change of files that change together: nobody else can change them meanwhile, and nothing changes until it is committed.
/// </summary>
internal sealed class FileSetChange : IDisposable
{
    private readonly FileSetJournal _journal;
    private readonly FileLock _lock;
    private readonly Guid _id = Guid.NewGuid();
    private readonly List<string> _written = [];
    private readonly List<string> _removed = [];
    private bool _committed;

    /// <summary>Begins a change.</summary>
    /// <param name="journal">The set's journal.</param>
    /// <param name="held">The set's lock; taken over.</param>
    public FileSetChange(FileSetJournal journal, FileLock held) => (_journal, _lock) = (journal, held);

    /// <summary>Begins a file of the set; the caller closes it before the change is committed.</summary>
    /// <param name="file">One of the set's files.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public PendingFile Write(string file)
    {
        var pending = new PendingFile(file, _id);
        _written.Add(file);
        return pending;
    }

    /// <summary>A place for a file of the set that others write by its name, flushed to the disk.</summary>
    /// <param name="file">One of the set's files.</param>
    public string Place(string file)
    {
        _written.Add(file);
        return Temporary(file);
    }

    /// <summary>Where the new content of a file lies until the change is committed.</summary>
    /// <param name="file">One of the set's files.</param>
    public string Temporary(string file) => TemporaryFile.NameFor(file, _id);

    /// <summary>A failure to make a file, told by the name that the file will have.</summary>
    /// <param name="failure">The failure, which names the place of the new content.</param>
    public AutodidactException Named(AutodidactException failure) => new(
        failure.Kind,
        _written.Aggregate(failure.Message, (text, file) => text.Replace(Temporary(file), file, StringComparison.Ordinal)),
        failure);

    /// <summary>Gives up what was written of a file: it is removed instead.</summary>
    /// <param name="file">One of the set's files.</param>
    public void Drop(string file)
    {
        _written.Remove(file);
        TemporaryFile.Delete(Temporary(file));
        Remove(file);
    }

    /// <summary>The set loses a file.</summary>
    /// <param name="file">One of the set's files.</param>
    public void Remove(string file) => _removed.Add(file);

    /// <summary>Makes the change.</summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Commit()
    {
        var entry = new FileSetEntry(FileSetEntry.CurrentSchema, _id, Names(_written), Names(_removed));
        _journal.Write(entry);
        _committed = true;
        _journal.Finish(entry);

        static string[] Names(IEnumerable<string> files) => [.. files.Select(file => Path.GetFileName(file))];
    }

    /// <summary>Drops what was not committed, and lets others in.</summary>
    public void Dispose()
    {
        if (!_committed) _written.ForEach(file => TemporaryFile.Delete(Temporary(file)));
        _lock.Dispose();
    }
}
