using Autodidact.Objectives;
using Autodidact.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class NtXentLossTests
{
    [Theory]
    [InlineData(ScalarType.Float64, 1e-8, 1e-7)]
    [InlineData(ScalarType.Float32, 1e-4, 1e-4)]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient(ScalarType type, double valueTolerance, double gradientTolerance)
    {
        foreach (var expected in LossFixtures.Load("nt_xent").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var z = LossFixtures.Formula(expected.GetProperty("gradient").GetArrayLength() / 5, 5, 0.1, type: type);
            var loss = NtXentLoss.Compute(
                z, expected.GetProperty("temperature").GetDouble(), expected.GetProperty("views").GetInt32(),
                expected.GetProperty("decoupled").GetBoolean());
            loss.backward();
            Assert.Equal(expected.GetProperty("value").GetDouble(), loss.to(ScalarType.Float64).item<double>(), valueTolerance);
            LossFixtures.AssertClose(expected.GetProperty("gradient"), z.grad!, gradientTolerance);
        }
    }

    [Theory]
    [InlineData(2, 2, 0.1)]
    [InlineData(16, 2, 0.5)]
    [InlineData(3, 5, 0.5)]
    public void Should_Be_The_Logarithm_Of_The_Negatives_For_Identical_Embeddings(int batch, int views, double temperature)
    {
        using var scope = NewDisposeScope();
        var z = ones(views * batch, 7, dtype: ScalarType.Float64);
        Assert.Equal(Math.Log((views * batch) - 1), NtXentLoss.Compute(z, temperature, views).item<double>(), 1e-12);
        Assert.Equal(Math.Log(views * (batch - 1)), NtXentLoss.Compute(z, temperature, views, decoupled: true).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Order_Of_Views()
    {
        using var scope = NewDisposeScope();
        var z = LossFixtures.Formula(8, 5, 0.1);
        var blocks = z.split(2);
        var expected = NtXentLoss.Compute(z, 0.5, views: 4).item<double>();
        Assert.Equal(expected, NtXentLoss.Compute(cat([blocks[2], blocks[0], blocks[3], blocks[1]]), 0.5, views: 4).item<double>(), 1e-12);
        Assert.NotEqual(
            expected, NtXentLoss.Compute(cat([blocks[2], blocks[0], blocks[3], blocks[1].flip(0)]), 0.5, views: 4).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Length_Of_An_Embedding()
    {
        using var scope = NewDisposeScope();
        var z = LossFixtures.Formula(8, 5, 0.1);
        var scales = arange(1, 9, dtype: ScalarType.Float64).unsqueeze(1);
        Assert.Equal(NtXentLoss.Compute(z, 0.5).item<double>(), NtXentLoss.Compute(z * scales, 0.5).item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Should_Fall_Under_Descent(int views)
    {
        using var scope = NewDisposeScope();
        var z = LossFixtures.Formula(8, 5, 0.1);
        var first = NtXentLoss.Compute(z, 0.5, views).item<double>();
        for (var step = 0; step < 5; step++)
        {
            var leaf = z.detach().requires_grad_(true);
            NtXentLoss.Compute(leaf, 0.5, views).backward();
            z = leaf.detach() - leaf.grad!;
        }

        Assert.True(NtXentLoss.Compute(z, 0.5, views).item<double>() < first - 0.05);
    }

    [Fact]
    public void Should_Refuse_What_Is_No_Batch_Of_Pairs()
    {
        Assert.Throws<ArgumentException>(() => NtXentLoss.Compute(ones(5, 3), 0.5));
        Assert.Throws<ArgumentException>(() => NtXentLoss.Compute(ones(2, 3), 0.5));
        Assert.Throws<ArgumentException>(() => NtXentLoss.Compute(ones(8, 3), 0.5, 3));
        Assert.Throws<ArgumentException>(() => NtXentLoss.Compute(ones(4, 3), 0.5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => NtXentLoss.Compute(ones(8, 3), 0.5, 1));
        Assert.Throws<ArgumentException>(() => NtXentLoss.Compute(ones(8, 3), 0));
        Assert.Throws<ArgumentException>(() => NtXentLoss.Compute(ones(8, 3), double.NaN));
    }
}
