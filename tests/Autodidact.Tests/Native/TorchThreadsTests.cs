using Autodidact.Native;

namespace Autodidact.Tests.Native;

public class TorchThreadsTests
{
    [Fact]
    public void Should_Count_A_Core_With_Two_Hardware_Threads_Once() =>
        Assert.Equal(4, TorchThreads.CountCores(" 0-3,8-11", processor => $"0:{processor % 4}"));

    [Fact]
    public void Should_Count_Only_Allowed_Processors() =>
        Assert.Equal(2, TorchThreads.CountCores("1,5", processor => $"0:{processor}"));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("0-x")]
    public void Should_Not_Guess_From_What_It_Cannot_Read(string list) =>
        Assert.Null(TorchThreads.CountCores(list, processor => $"0:{processor}"));

    [Fact]
    public void Should_Not_Guess_Where_The_Kernel_Does_Not_Tell_Cores() => Assert.Null(TorchThreads.CountCores("0-1", _ => null));

    [Fact]
    public void Should_Use_No_More_Than_Allowed() => Assert.InRange(TorchThreads.Default, 1, Environment.ProcessorCount);

    [Fact]
    public void Should_Refuse_Zero_Threads() =>
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => TorchThreads.Set(0)).Kind);
}
