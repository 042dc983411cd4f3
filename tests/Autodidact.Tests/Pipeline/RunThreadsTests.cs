using Autodidact.Configuration;
using Autodidact.Native;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Tests.Pipeline;

/// <summary>Threads of a run that leaves them open.</summary>
public sealed class RunThreadsTests
{
    [Fact]
    public void Should_Go_On_With_The_Threads_It_Began_With()
    {
        Assert.Equal(1, Threads(1));
        Assert.Equal(TorchThreads.Default, Threads(TorchThreads.Default));
    }

    [Fact]
    public void Should_Go_On_With_Fewer_Where_There_Are_Fewer_Cores() =>
        Assert.Equal(TorchThreads.Default, Threads(TorchThreads.Default + 3));

    private static int Threads(int began)
    {
        var record = new RunRecord
        {
            Hardware = new HardwareRecord("a processor", began, 1, "cpu", "a platform"),
        };
        return RunPipeline.ThreadsOf(record);
    }
}
