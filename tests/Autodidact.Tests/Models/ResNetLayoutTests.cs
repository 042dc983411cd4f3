using Autodidact.Models;

namespace Autodidact.Tests.Models;

/// <summary>The names and shapes that a file is held against are those of the network.</summary>
public sealed class ResNetLayoutTests
{
    [Theory]
    [InlineData("resnet10-w8-cifar")]
    [InlineData("resnet10-w8-cifar-pool")]
    [InlineData("resnet18-w8-cifar-stride")]
    [InlineData("resnet18-w16")]
    [InlineData("resnet34-w8")]
    [InlineData("resnet50-w8-cifar")]
    [InlineData("resnet101-w8")]
    public void Should_Be_That_Of_The_Network(string name)
    {
        var architecture = Autodidact.Models.Architecture.Parse(name);
        using var network = architecture.Create(seed: 0);
        var expected = network.NamedState().Select(s => $"{s.Key} ({string.Join(", ", s.Value.shape)})").Order(StringComparer.Ordinal);
        var layout = ResNetLayout.Of(architecture.ResNet).Select(t => $"{t.Name} ({string.Join(", ", t.Shape)})");
        Assert.Equal(expected, layout.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Should_Refuse_A_Network_Larger_Than_The_Memory_Before_It_Is_Made()
    {
        var before = GC.GetTotalAllocatedBytes();
        var failure = Assert.Throws<AutodidactException>(() => Autodidact.Models.Architecture.Parse("resnet101-w4096").Create(seed: 0));
        Assert.Equal(FailureKind.Environment, failure.Kind);
        Assert.Contains("the weights of a resnet101-w4096 would take ", failure.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100_000_000);
    }

    [Fact]
    public void Should_Refuse_A_Step_Larger_Than_The_Memory_And_No_Other()
    {
        var architecture = Autodidact.Models.Architecture.Parse("resnet10-w16-cifar");
        MemoryCheck.Training(architecture.ResNet, "resnet10", 32, 128, Precision.Single, "choose less");
        var failure = Assert.Throws<AutodidactException>(
            () => MemoryCheck.Training(architecture.ResNet, "resnet10", 1024, 65_536, Precision.Single, "choose less"));
        Assert.Contains("a step of 65,536 images of 1024 x 1024", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("choose less", failure.Message, StringComparison.Ordinal);
    }
}
