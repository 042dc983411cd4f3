using Autodidact.Files;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Files;

public sealed class PendingFileTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Remove_What_A_Killed_Writer_Of_The_Same_File_Left_And_Nothing_Else()
    {
        string[] others =
        [
            "a.csv.tmp", "a.csv.mine.tmp", $"b.csv.{Id}.tmp", $"a.csv.{Id}", $"a.csv.{Id.ToUpperInvariant()}.tmp", $"xa.csv.{Id}.tmp",
        ];
        foreach (var name in others) File.WriteAllText(_scratch[name], "");
        File.WriteAllText(_scratch[$"a.csv.{Id}.tmp"], "half");
        AtomicFile.WriteText(_scratch["a.csv"], "whole");
        Assert.Equal(others.Append("a.csv").Order(StringComparer.Ordinal), _scratch.Files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Should_Leave_A_Pipe_In_The_Place_Of_The_File_Alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no named pipes in folders");
        SpecialFiles.Pipe(_scratch["a.csv"]);
        var e = Assert.Throws<AutodidactException>(() => AtomicFile.WriteText(_scratch["a.csv"], "whole"));
        Assert.Contains("it is a named pipe, not a file", e.Message, StringComparison.Ordinal);
        Assert.Equal(["a.csv"], _scratch.Files);
    }

    [Fact]
    public void Should_Let_Two_Living_Writers_Of_The_Same_File_Be()
    {
        using var first = new PendingFile(_scratch["a.csv"]);
        first.Write(stream => stream.Write("first"u8));
        AtomicFile.WriteText(_scratch["a.csv"], "second");
        TemporaryFile.RemoveBelow(_scratch[""]);
        Assert.Equal("second", File.ReadAllText(_scratch["a.csv"]));
        first.Commit();
        Assert.Equal("first", File.ReadAllText(_scratch["a.csv"]));
        Assert.Equal(["a.csv"], _scratch.Files);
    }

    [Fact]
    public void Should_Flush_The_Name_After_The_Rename()
    {
        using var file = new PendingFile(_scratch["a.csv"]);
        file.Write(stream => stream.Write("whole"u8));
        var flushed = new List<string>();
        file.Commit(folder =>
        {
            Assert.Equal("whole", File.ReadAllText(_scratch["a.csv"]));
            flushed.Add(folder);
        });
        Assert.Equal([Path.GetDirectoryName(_scratch["a.csv"])!], flushed);
    }

    [Fact]
    public void Should_Tell_That_A_Name_Could_Not_Be_Flushed()
    {
        using var file = new PendingFile(_scratch["a.csv"]);
        var e = Assert.Throws<AutodidactException>(() => file.Commit(_ => throw new IOException("Input/output error", 5)));
        Assert.Equal(FailureKind.Environment, e.Kind);
        Assert.Contains("a.csv (Input/output error)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Flush_Folders_And_Pass_Over_File_Systems_That_Cannot()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is a file system of Linux that flushes no folders");
        FolderFlush.Of(_scratch[""]);
        FolderFlush.Of("/proc");
        File.WriteAllText(_scratch["file"], "");
        Assert.Throws<DirectoryNotFoundException>(() => FolderFlush.Of(_scratch["file"]));
        Assert.Throws<FileNotFoundException>(() => FolderFlush.Of(_scratch["missing"]));
    }

    [Fact]
    public void Should_Write_Files_Whose_Names_Are_Patterns()
    {
        File.WriteAllText(_scratch[$"ab.csv.{Id}.tmp"], "another's");
        AtomicFile.WriteText(_scratch["a?.csv"], "one");
        AtomicFile.WriteText(_scratch["*"], "two");
        Assert.Equal(["*", "a?.csv", $"ab.csv.{Id}.tmp"], _scratch.Files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Should_Not_Wait_For_A_Pipe_With_The_Name_Of_A_Leftover()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes a pipe with mkfifo(1)");
        using var make = System.Diagnostics.Process.Start("mkfifo", [_scratch[$"a.csv.{Id}.tmp"]]);
        make.WaitForExit();
        AtomicFile.WriteText(_scratch["a.csv"], "whole");
        Assert.Equal("whole", File.ReadAllText(_scratch["a.csv"]));
    }
}
