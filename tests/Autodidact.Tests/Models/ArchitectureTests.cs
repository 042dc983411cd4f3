using Autodidact.Models;

namespace Autodidact.Tests.Models;

// The folder of architecture tests gives its name to a namespace nearer than the type.
using Architecture = Autodidact.Models.Architecture;

public class ArchitectureTests
{
    [Theory]
    [InlineData("resnet50", 50, 64, nameof(Stem.ImageNet))]
    [InlineData("resnet18-cifar", 18, 64, nameof(Stem.Cifar))]
    [InlineData("resnet10-w32-cifar-pool", 10, 32, nameof(Stem.CifarPool))]
    [InlineData("resnet18-w32-cifar-stride", 18, 32, nameof(Stem.CifarStride))]
    [InlineData("resnet101-w9", 101, 9, nameof(Stem.ImageNet))]
    public void Should_Read_Its_Own_Names(string name, int depth, int width, string stem)
    {
        var architecture = Architecture.Parse(name);
        Assert.Equal(new ResNetOptions { Depth = depth, Width = width, Stem = Enum.Parse<Stem>(stem) }, architecture.ResNet);
        Assert.Equal(name, architecture.ToString());
    }

    [Theory]
    [InlineData("resnet34-w64-imagenet", "resnet34")]
    [InlineData("resnet34-imagenet", "resnet34")]
    public void Should_Leave_Out_What_Goes_Without_Saying(string name, string canonical) =>
        Assert.Equal(canonical, Architecture.Parse(name).ToString());

    [Theory]
    [InlineData("resnet19", "resnet18")]
    [InlineData("resnet18-cifra", "resnet18-cifar")]
    [InlineData("resnet10-w32-cifarpool", "resnet10-w32-cifar-pool")]
    [InlineData("ResNet18", "resnet18")]
    public void Should_Name_The_Nearest(string name, string nearest)
    {
        var failure = Assert.Throws<AutodidactException>(() => Architecture.Parse(name));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.Contains("10|18|34|50|101", failure.Message, StringComparison.Ordinal);
        Assert.Matches($"did you mean .*{nearest}( |\\?)", failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("vit")]
    [InlineData("resnet18-w0")]
    [InlineData("resnet18-w99999")]
    [InlineData("resnet018")]
    [InlineData("resnet18-cifar-w32")]
    [InlineData("resnet18\n")]
    public void Should_Refuse_Other_Names(string name) =>
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => Architecture.Parse(name)).Kind);
}
