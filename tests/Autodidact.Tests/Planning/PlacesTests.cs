using Autodidact.Planning;

namespace Autodidact.Tests.Planning;

public class PlacesTests
{
    [Theory]
    [InlineData("10gbit", 1.25e9, 50e-6)]
    [InlineData("100mbit", 12.5e6, 50e-6)]
    [InlineData("1gbit/50ms", 125e6, 50e-3)]
    [InlineData(" 2.5Gbit/20us ", 312.5e6, 20e-6)]
    public void Should_Read_The_Speed_Of_A_Network(string text, double bytes, double latency)
    {
        var network = NetworkSpeed.Parse(text);
        Assert.Equal(bytes, network.BytesPerSecond, 3);
        Assert.Equal(latency, network.Latency, 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("0gbit")]
    [InlineData("-1gbit")]
    [InlineData("10gbit/50")]
    [InlineData("10gbyte")]
    public void Should_Refuse_What_Is_No_Speed(string text)
    {
        var e = Assert.Throws<AutodidactException>(() => NetworkSpeed.Parse(text));
        Assert.Equal(FailureKind.Usage, e.Kind);
        Assert.Contains("--network: expected", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Know_Published_Gpus_And_Take_A_Figure_Of_The_Users()
    {
        Assert.Equal(2470, PublishedGpu.Parse("A100").ImagesPerSecond);
        Assert.Equal(2750.5, PublishedGpu.Parse("2750.5img/s").ImagesPerSecond);
        Assert.All(PublishedGpu.All, gpu => Assert.NotEmpty(gpu.Source));
    }

    [Theory]
    [InlineData("h9000")]
    [InlineData("0img/s")]
    [InlineData("img/s")]
    [InlineData("1e400img/s")]
    public void Should_Refuse_A_Gpu_Without_A_Figure(string name)
    {
        var e = Assert.Throws<AutodidactException>(() => PublishedGpu.Parse(name));
        Assert.Equal(FailureKind.Usage, e.Kind);
        Assert.Contains("v100", e.Message, StringComparison.Ordinal);
    }
}
