using Autodidact.Native;
using TorchSharp;

namespace Autodidact.IntegrationTests.Native;

/// <summary>Here, since the number is the whole process's and would disturb the results of tests that run beside it.</summary>
[Collection<WholeProcess>]
public class TorchThreadsTests
{
    [Fact]
    public void Should_Set_The_Cores_And_Leave_Libtorch_One_Thread()
    {
        Assert.Equal(1, TorchThreads.Set(1));
        Assert.Equal(1, TorchThreads.Cores);
        Assert.Equal(3, TorchThreads.Set(3));
        Assert.Equal(3, TorchThreads.Cores);
        Assert.Equal(1, torch.get_num_threads());
        using (TorchThreads.Own(2)) Assert.Equal(2, torch.get_num_threads());
        Assert.Equal(1, torch.get_num_threads());
        Assert.Equal(TorchThreads.Default, TorchThreads.Set());
    }
}
