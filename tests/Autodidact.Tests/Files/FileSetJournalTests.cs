using Autodidact.Files;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Files;

public sealed class FileSetJournalTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>After a loss of power the journal makes the names that are not on the disk.</summary>
    [Fact]
    public void Should_Keep_The_Journal_Until_The_New_Names_Are_On_The_Disk()
    {
        var (journal, entry) = Change();
        var flushed = new List<string>();
        journal.Finish(entry, folder =>
        {
            Assert.Equal("new", File.ReadAllText(_scratch["a"]));
            Assert.True(File.Exists(journal.Path));
            flushed.Add(folder);
        });
        Assert.Equal([Path.GetDirectoryName(_scratch["a"])!], flushed);
        Assert.False(File.Exists(journal.Path));
    }

    [Fact]
    public void Should_Keep_The_Journal_Where_The_Disk_Refuses()
    {
        var (journal, entry) = Change();
        var e = Assert.Throws<AutodidactException>(() => journal.Finish(entry, _ => throw new IOException("Input/output error", 5)));
        Assert.Equal(FailureKind.Environment, e.Kind);
        Assert.NotNull(journal.Read());
        journal.Finish(entry);
        Assert.Equal(["a"], _scratch.Files);
    }

    private (FileSetJournal Journal, FileSetEntry Entry) Change()
    {
        var journal = new FileSetJournal(_scratch["a.journal"], [_scratch["a"]]);
        var entry = new FileSetEntry(FileSetEntry.CurrentSchema, Guid.NewGuid(), ["a"], []);
        File.WriteAllText(_scratch["a"], "old");
        File.WriteAllText(TemporaryFile.NameFor(_scratch["a"], entry.Id), "new");
        journal.Write(entry);
        return (journal, entry);
    }
}
