using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

// The folder of architecture tests gives its name to a namespace nearer than the type.
using Architecture = Autodidact.Models.Architecture;

public class ChannelsLastTests
{
    [Fact]
    public void Should_Change_Strides_And_No_Value()
    {
        using var scope = NewDisposeScope();
        var plain = arange(2 * 3 * 4 * 5, ScalarType.Float32).reshape(2, 3, 4, 5);
        var last = plain.ToChannelsLast();
        Assert.True(last.Equals(plain));
        Assert.Equal([60L, 1L, 15L, 3L], last.stride());
    }

    [Theory]
    [InlineData("resnet10-w8-cifar-pool", 32)]
    [InlineData("resnet18-w8", 64)]
    [InlineData("resnet50-w8-cifar", 16)]
    public void Should_Stay_From_The_Image_To_The_Last_Stage(string name, int size)
    {
        using var scope = NewDisposeScope();
        using var backbone = Architecture.Parse(name).Create(seed: 1);
        Assert.All(backbone.parameters().Where(p => p.dim() == 4 && p.shape[2] > 1), AssertChannelsLast);
        foreach (var map in backbone.ForwardStages(FormulaWeights.Images(2, size)))
        {
            AssertChannelsLast(map);
        }
    }

    [Fact]
    public void Should_Stay_In_Gradients_Of_Weights()
    {
        using var scope = NewDisposeScope();
        using var backbone = Architecture.Parse("resnet10-w8-cifar-pool").Create(seed: 1);
        backbone.call(FormulaWeights.Images(2, 32)).square().sum().backward();
        Assert.All(backbone.parameters().Where(p => p.dim() == 4 && p.shape[2] > 1), p => AssertChannelsLast(p.grad!));
    }

    internal static void AssertChannelsLast(Tensor tensor)
    {
        var (c, h, w) = (tensor.shape[1], tensor.shape[2], tensor.shape[3]);
        Assert.Equal([h * w * c, 1, w * c, c], tensor.stride());
    }
}
