using Autodidact.Experiments;
using Autodidact.Files;
using Autodidact.Runs;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Files;

public sealed class LockFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Be_One_Holders_At_A_Time()
    {
        using (var first = LockFile.TryTake(_scratch["lock"]))
        {
            Assert.NotNull(first);
            Assert.Null(LockFile.TryTake(_scratch["lock"]));
        }

        using var second = LockFile.TryTake(_scratch["lock"]);
        Assert.NotNull(second);
    }

    /// <summary>Anybody may open a device or a pipe at the same time, so it locks nothing.</summary>
    [Fact]
    public void Should_Refuse_A_Device_Or_A_Pipe_In_The_Place_Of_The_Lock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "devices are made by a link to one of Linux");
        File.CreateSymbolicLink(_scratch["device"], "/dev/zero");
        File.WriteAllText(_scratch["empty"], "");
        File.CreateSymbolicLink(_scratch["link"], _scratch["empty"]);
        SpecialFiles.Pipe(_scratch["pipe"]);
        Expect("device", "is in the way of a lock");
        Expect("link", "is in the way of a lock");
        Expect("pipe", "it is a named pipe, not a file");
        Assert.Throws<UnreadableFileException>(() => LockFile.TryTake(_scratch["device"]));

        void Expect(string name, string reason) => Assert.Contains(
            reason, Assert.Throws<AutodidactException>(() => FileLock.Take(_scratch[name], "the index")).Message, StringComparison.Ordinal);
    }

    /// <summary>A link that leads to itself stands for every lock that nobody holds and that cannot be opened.</summary>
    [Fact]
    public void Should_Not_Blame_Another_Process_Where_The_Lock_Cannot_Be_Opened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "creating links needs rights on Windows");
        var run = Directory.CreateDirectory(_scratch["run"]).FullName;
        SpecialFiles.Loop(Path.Combine(run, ".lock"));
        Expect(() => RunDirectory.Acquire(run).Dispose());
        Expect(() => ResultsFile.Open(Path.Combine(run, "results.csv"), ["exits.2.linear"]).Dispose());

        static void Expect(Action take)
        {
            var e = Assert.Throws<AutodidactException>(take);
            Assert.Equal(FailureKind.Environment, e.Kind);
            Assert.Contains("symbolic links", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("another process", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }
}
