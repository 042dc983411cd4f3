using Autodidact.Native;

namespace Autodidact.IntegrationTests.Native;

/// <summary>Here, since the number is the whole process's and would disturb the results of tests that run beside it.</summary>
[Collection<WholeProcess>]
public class TorchThreadsTests
{
    [Fact]
    public void Should_Set_And_Report_The_Number_In_Effect()
    {
        Assert.Equal(1, TorchThreads.Set(1));
        Assert.Equal(1, TorchThreads.Current);
        Assert.Equal(3, TorchThreads.Set(3));
        Assert.Equal(3, TorchThreads.Current);
        Assert.Equal(TorchThreads.Default, TorchThreads.Set());
    }
}
