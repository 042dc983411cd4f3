using Autodidact.Native;
using TorchSharp;

namespace Autodidact.Tests.Native;

public sealed class TorchDevicesTests
{
    private static readonly TorchDevices Processor = new(0, Mps: false, NvidiaDriver: false);
    private static readonly TorchDevices Two = new(2, Mps: false, NvidiaDriver: true);

    [Theory]
    [InlineData("auto", null, "cuda:0")]
    [InlineData("auto", "cpu", "cpu")]
    [InlineData("auto", "cuda:1", "cuda:1")]
    [InlineData("auto", "cuda:2", "cuda:0")]
    [InlineData("cpu", "cuda:1", "cpu")]
    [InlineData("cuda", null, "cuda:0")]
    [InlineData("cuda:1", "cpu", "cuda:1")]
    public void Should_Settle_A_Device_That_Is_There(string asked, string? before, string expected) =>
        Assert.Equal(expected, Two.Settle(asked, before));

    [Fact]
    public void Should_Compute_On_The_Processor_Where_There_Is_Nothing_Else()
    {
        Assert.Equal("cpu", Processor.Settle("auto"));
        Assert.Equal("cpu", Processor.Settle("auto", "cuda:0"));
        Assert.Equal("cpu", new TorchDevices(0, Mps: true, NvidiaDriver: false).Settle("auto"));
        Assert.Equal("mps", new TorchDevices(0, Mps: true, NvidiaDriver: false).Settle("mps"));
    }

    [Fact]
    public void Should_Refuse_A_Device_That_Is_Not_There_And_Say_Why()
    {
        Assert.Contains("finds no CUDA device", Refused(Processor, "cuda"));
        Assert.Contains("-p:TorchDevice=cuda", Refused(Processor, "cuda:0"));
        Assert.Contains("there are 2 CUDA devices, counted from 0", Refused(Two, "cuda:2"));
        Assert.Contains("this build's libtorch has no use of it", Refused(Processor with { NvidiaDriver = true }, "cuda"));
        Assert.Contains("GPU of Apple", Refused(Processor, "mps"));
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:99999999999")]
    [InlineData("CPU")]
    [InlineData("meta")]
    [InlineData("")]
    public void Should_Know_No_Other_Names(string name)
    {
        Assert.False(TorchDevices.IsName(name));
        Assert.Throws<ArgumentOutOfRangeException>(() => TorchDevices.Of(name));
    }

    [Fact]
    public void Should_Name_Devices_As_Libtorch_Does()
    {
        Assert.Equal(DeviceType.CPU, TorchDevices.Of("cpu").type);
        Assert.Equal((DeviceType.CUDA, 3), (TorchDevices.Of("cuda:3").type, TorchDevices.Of("cuda:3").index));
        Assert.Throws<ArgumentOutOfRangeException>(() => TorchDevices.Of("auto"));
    }

    [Fact]
    public void Should_Warn_Of_A_Device_That_This_Build_Leaves_Unused()
    {
        var (text, unused) = (Processor with { NvidiaDriver = true }).Summary;
        Assert.True(unused);
        Assert.Contains("-p:TorchDevice=cuda", text);
        Assert.Equal(("2 CUDA devices: device=cuda:0 to cuda:1", false), Two.Summary);
        Assert.False(Processor.Summary.Unused);
    }

    private static string Refused(TorchDevices devices, string asked)
    {
        var refused = Assert.Throws<AutodidactException>(() => devices.Settle(asked));
        Assert.Equal(FailureKind.Environment, refused.Kind);
        Assert.DoesNotContain('\n', refused.Message);
        return refused.Message;
    }
}
