using Autodidact.Runs;
using Autodidact.Stages;

namespace Autodidact.Tests.Stages;

/// <summary>A file that a run can do without ends nothing.</summary>
public sealed class SpareFilesTests
{
    private readonly List<RunEvent> _told = [];

    [Fact]
    public void Should_Tell_Once_Of_A_File_That_Cannot_Be_Written()
    {
        var files = new SpareFiles(_told.Add);
        Assert.True(files.Try("a", () => { }));
        Assert.False(files.Try("a", () => throw new IOException("broken")));
        Assert.False(files.Try("a", () => throw new UnauthorizedAccessException("broken")));
        Assert.True(files.Try("a", () => { }));
        Assert.False(files.Try("b", () => throw new AutodidactException(FailureKind.Environment, "the disk is full")));
        Assert.Equal(
            [
                new Notice("the run goes on without this file: cannot write a (broken): check the directory and its permissions"),
                new FileNotWritten("a"),
                new Notice("the run goes on without this file: the disk is full"),
                new FileNotWritten("b"),
            ],
            _told);
    }

    [Fact]
    public void Should_Hide_No_Other_Failure()
    {
        var files = new SpareFiles(_told.Add);
        Assert.Throws<InvalidOperationException>(() => files.Try("a", () => throw new InvalidOperationException()));
        Assert.Throws<OperationCanceledException>(() => files.Try("a", () => throw new OperationCanceledException()));
        Assert.Empty(_told);
    }
}
