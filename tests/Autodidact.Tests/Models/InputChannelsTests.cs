using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

public class InputChannelsTests
{
    [Theory]
    [InlineData("resnet10-w8-cifar-pool")]
    [InlineData("resnet18-w8")]
    public void Should_See_In_Pictures_Of_The_Other_Order_What_It_Saw_Before(string architecture)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        using var network = Autodidact.Models.Architecture.Parse(architecture).Create(seed: 3);
        network.eval();
        var pictures = rand([2, 3, 32, 32], generator: new Generator(5));
        var before = network.call(pictures);
        InputChannels.Reverse(network);
        Assert.True(network.call(pictures.flip(1)).allclose(before, atol: 1e-5));
        Assert.False(network.call(pictures).allclose(before, atol: 1e-5));
    }
}
