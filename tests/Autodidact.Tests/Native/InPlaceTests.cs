using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Native;

public sealed class InPlaceTests
{
    [Fact]
    public void Should_Have_The_Bits_Of_The_Operations_They_Stand_For()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var (a, b) = (linspace(-1, 1, 257, type), linspace(0.1, 7, 257, type));
            Same(a.clone().add_(b), a.clone().AddInPlace(b));
            Same(a.clone().add_(b, alpha: 0.3), a.clone().AddInPlace(b, 0.3));
            Same(a.clone().add_(0.3), a.clone().AddInPlace(0.3));
            Same(a.clone().sub_(b), a.clone().SubtractInPlace(b));
            Same(a.clone().mul_(0.3), a.clone().MultiplyInPlace(0.3));
            Same(a.clone().div_(3), a.clone().DivideInPlace(3));
        }
    }

    private static void Same(Tensor expected, Tensor actual) =>
        Assert.True(expected.bytes.SequenceEqual(actual.bytes), $"{expected.dtype}");
}
