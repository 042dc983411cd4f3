using Autodidact.Evaluation;
using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Evaluation;

public sealed class DividedProductsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(300)]
    public void Should_Agree_With_Undivided_Algebra(int size)
    {
        using var scope = NewDisposeScope();
        var x = Random(size, 700, 1);
        var gram = x.mm(x.t());
        Close(gram, DividedProducts.Gram(x), 1e-12);
        Close(x.t().mm(gram), DividedProducts.Product(x.t(), gram), 1e-12);
        var root = gram.clone();
        DividedProducts.Cholesky(root);
        Close(linalg.cholesky(gram), root.tril(), 1e-10);
        var right = Random(size, 600, 2);
        var solved = right.clone();
        DividedProducts.SolveLower(root, solved);
        Close(right, root.tril().mm(solved), 1e-10);
        Close(linalg.inv(gram), DividedProducts.Inverse(gram.clone()).to(ScalarType.Float64), 1e-6);
    }

    [Fact]
    public void Should_Give_The_Same_Bits_For_Any_Number_Of_Cores()
    {
        using var scope = NewDisposeScope();
        var x = Random(520, 700, 1);
        var expected = Of(1);
        foreach (var cores in (int[])[2, 3]) Assert.True(expected.equal(Of(cores)).all().item<bool>(), $"{cores} cores");

        Tensor Of(int cores)
        {
            using var use = TorchThreads.Use(cores);
            var gram = DividedProducts.Gram(x);
            return DividedProducts.Product(DividedProducts.Inverse(gram), x.to(ScalarType.Float32));
        }
    }

    private static Tensor Random(int rows, int columns, ulong seed) =>
        randn(rows, columns, ScalarType.Float64, generator: new Generator(seed));

    private static void Close(Tensor expected, Tensor actual, double tolerance) =>
        Assert.InRange((expected - actual).abs().max().item<double>() / expected.abs().max().item<double>(), 0, tolerance);
}
