using Autodidact.Objectives;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class NoiseContrastiveLossTests
{
    private const int Images = 9;

    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => PretextFixtures.AssertEqualsLoops(
        "noise_contrast",
        type => LossFixtures.Formula(3, 4, 0.3, type: type),
        (expected, x) => Loss(x, expected.Number("Normalizer"), expected.Number("Temperature")));

    [Fact]
    public void Should_Estimate_The_Normaliser_As_Plain_Loops_Do()
    {
        using var scope = NewDisposeScope();
        Assert.All(PretextFixtures.Cases("noise_contrast"), expected =>
        {
            var wanted = expected.GetProperty("normalizer").GetDouble();
            var z = NoiseContrastiveLoss.Normalizer(
                LossFixtures.Formula(3, 4, 0.3), Vectors(PretextFixtures.Rows), Vectors(PretextFixtures.Negatives), Images,
                expected.Number("Temperature"));
            Assert.Equal(wanted, z.item<double>(), 1e-8 * wanted);
            Assert.False(z.requires_grad);
        });
    }

    [Fact]
    public void Should_Be_As_Many_Logarithms_Of_Two_Where_Nothing_Tells_Noise_From_Memory()
    {
        using var scope = NewDisposeScope();

        // v . f = 1 everywhere, and Z such that P = m / n: every h is 1/2.
        var (x, t, m) = (ones(2, 4, dtype: ScalarType.Float64), 0.5, 5);
        var unit = ones(m, 4, dtype: ScalarType.Float64) / 2;
        var z = Math.Exp(1 / t) * Images / m;
        Assert.Equal((m + 1) * Math.Log(2), NoiseContrastiveLoss.Compute(x, unit[..2], unit, Images, z, t).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Or_The_Order_Of_Negatives()
    {
        using var scope = NewDisposeScope();
        var (x, positives, negatives) =
            (LossFixtures.Formula(3, 4, 0.3), Vectors(PretextFixtures.Rows), Vectors(PretextFixtures.Negatives));
        var scales = arange(1, 4, dtype: ScalarType.Float64).unsqueeze(1);
        var loss = NoiseContrastiveLoss.Compute(x, positives, negatives, Images, 11, 0.5).item<double>();
        Assert.Equal(loss, NoiseContrastiveLoss.Compute(x * scales, positives, negatives.flip(0), Images, 11, 0.5).item<double>(), 1e-12);
        Assert.NotEqual(loss, NoiseContrastiveLoss.Compute(x, positives.flip(0), negatives, Images, 11, 0.5).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent_And_Leave_The_Memory_Alone()
    {
        using var scope = NewDisposeScope();
        var (positives, negatives) =
            (Vectors(PretextFixtures.Rows).requires_grad_(true), Vectors(PretextFixtures.Negatives).requires_grad_(true));
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(3, 4, 0.3), x => NoiseContrastiveLoss.Compute(x, positives, negatives, Images, 11, 0.5), rate: 0.5,
            toFraction: 0.9);
        Assert.True(positives.grad is null && negatives.grad is null);
    }

    [Fact]
    public void Should_Stay_Finite_Where_Single_Precision_Has_No_Probability_Left()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 0 }, [1, 2]).requires_grad_(true);
        var away = tensor(new float[] { -1, 0 }, [1, 2]);
        var loss = NoiseContrastiveLoss.Compute(x, away, x.detach(), Images, 1, 0.01);
        loss.backward();
        Assert.True(float.IsFinite(loss.item<float>()) && x.grad!.isfinite().all().item<bool>());
        Assert.InRange(loss.item<float>(), 195, 205);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Numbers()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => NoiseContrastiveLoss.Compute(ones(3, 4), ones(2, 4), ones(5, 4), Images, 1, 1));
        Assert.Throws<ArgumentException>(() => NoiseContrastiveLoss.Compute(ones(3, 4), ones(3, 4), ones(5, 3), Images, 1, 1));
        Assert.Throws<ArgumentException>(() => NoiseContrastiveLoss.Compute(ones(3, 4), ones(3, 4), ones(0, 4), Images, 1, 1));
        Assert.Throws<ArgumentException>(() => NoiseContrastiveLoss.Compute(ones(3, 4), ones(3, 4), ones(5, 4), 0, 1, 1));
        Assert.Throws<ArgumentException>(() => NoiseContrastiveLoss.Compute(ones(3, 4), ones(3, 4), ones(5, 4), Images, 0, 1));
        Assert.Throws<ArgumentException>(
            () => NoiseContrastiveLoss.Compute(ones(3, 4), ones(3, 4), ones(5, 4), Images, double.PositiveInfinity, 1));
        Assert.Throws<ArgumentException>(() => NoiseContrastiveLoss.Compute(ones(3, 4), ones(3, 4), ones(5, 4), Images, 1, 0));
    }

    private static Tensor Loss(Tensor x, double normalizer, double temperature) => NoiseContrastiveLoss.Compute(
        x, Vectors(PretextFixtures.Rows, x.dtype), Vectors(PretextFixtures.Negatives, x.dtype), Images, normalizer, temperature);

    private static Tensor Vectors(long[] rows, ScalarType type = ScalarType.Float64) =>
        PretextFixtures.Memory(type).index_select(0, tensor(rows)).detach();
}
