using Autodidact.Distillation;
using Autodidact.Models;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class MuseStyleLossTests
{
    [Theory]
    [InlineData(ScalarType.Float64, 1e-8, 1e-7)]
    [InlineData(ScalarType.Float32, 1e-4, 1e-4)]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient(ScalarType type, double valueTolerance, double gradientTolerance)
    {
        foreach (var expected in Cases("muse_style"))
        {
            using var scope = NewDisposeScope();
            var outputs = Outputs(type);
            var loss = MuseStyleLoss.Compute(
                outputs,
                Targets(), new() { Form = expected.Choice<MuseStyleForm>("Form"), Weight = expected.Number("Weight") }, Score).Loss;
            loss.backward();
            Assert.Equal(expected.GetProperty("value").GetDouble(), loss.to(ScalarType.Float64).item<double>(), valueTolerance);
            Tensor[] parts = [.. outputs.Logits, .. outputs.Features];
            for (var i = 0; i < parts.Length; i++)
            {
                LossFixtures.AssertClose(expected.GetProperty("gradients")[i], parts[i].grad ?? zeros_like(parts[i]), gradientTolerance);
            }
        }
    }

    [Theory]
    [InlineData(MuseStyleForm.Additive)]
    [InlineData(MuseStyleForm.Multiplicative)]
    public void Should_Equal_Information_Worked_By_Hand(MuseStyleForm form)
    {
        using var scope = NewDisposeScope();

        // Two exits. Features (1, 1) and (1, -1) have length sqrt(2): variances 0 and 1, so H = ln(2) / 4. A discriminator that knows pairs
        // for sure has I = 2 ln 2.
        var features = Rows([3, 3], [5, -5]);
        var logits = zeros(2, 4, ScalarType.Float64);
        var (loss, parts) = MuseStyleLoss.Compute(
            new ExitOutputs([features, features], [logits, logits]), tensor([0L, 1]), new() { Form = form, Weight = 2 },
            (_, f, t) => ((f * t).sum(1) - 1) * 100);
        Assert.Equal(4 * Math.Log(2), parts["hard"].item<double>(), 1e-12);
        Assert.Equal(2 * Math.Log(2), parts["information"].item<double>(), 1e-12);
        Assert.Equal(Math.Log(2) / 2, parts["self_information"].item<double>(), 1e-12);
        var own = Math.Log(2) / 4;
        var joined = form == MuseStyleForm.Additive ? (2 * Math.Log(2)) + own : 2 * Math.Log(2) * own;
        Assert.Equal((4 * Math.Log(2)) - (2 * (joined + own)), loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Know_Nothing_Of_A_Blind_Discriminator_Or_Equal_Features()
    {
        using var scope = NewDisposeScope();
        var outputs = Outputs(ScalarType.Float64);
        var equal = outputs with { Features = [.. outputs.Features.Select(f => f[0].expand(Batch, -1))] };
        var parts = MuseStyleLoss.Compute(equal, Targets(), new(), (_, f, _) => f.sum(1) * 0).Parts;
        Assert.Equal(0, parts["information"].item<double>(), 1e-12);
        Assert.Equal(0, parts["self_information"].item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Length_Of_Features()
    {
        using var scope = NewDisposeScope();
        var outputs = Outputs(ScalarType.Float64);
        var scales = arange(1, Batch + 1, dtype: ScalarType.Float64).unsqueeze(1);
        var scaled = outputs with { Features = [.. outputs.Features.Select(f => f * scales)] };
        Assert.Equal(
            MuseStyleLoss.Compute(outputs, Targets(), new(), Score).Loss.item<double>(),
            MuseStyleLoss.Compute(scaled, Targets(), new(), Score).Loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var outputs = Outputs(ScalarType.Float64);
        AssertFalls(
            LossFixtures.Formula(Batch, 4, 0.2),
            x => MuseStyleLoss.Compute(
                outputs with { Features = [x, outputs.Features[1], outputs.Features[2]] }, Targets(), new(), Score).Loss,
            rate: 1,
            toFraction: 0.97);
    }

    [Fact]
    public void Should_Not_Move_The_Deepest_Feature_For_A_Shallow_One()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(Func<int, Tensor, Tensor, Tensor> discriminator)
        {
            var outputs = Outputs(ScalarType.Float64);
            MuseStyleLoss.Compute(outputs, Targets(), new(), discriminator).Loss.backward();
            return outputs.Features[2].grad!;
        }

        var own = Gradient((_, f, _) => f.sum(1) * 0);
        Assert.True(own.abs().sum().item<double>() > 0);
        Assert.True(own.allclose(Gradient(Score)));
    }

    [Fact]
    public void Should_Refuse_Batches_Of_One_And_Missing_Features()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(
            () => MuseStyleLoss.Compute(new ExitOutputs([ones(1, 3)], [ones(1, 3)]), tensor([0L]), new(), Score));
        Assert.Throws<ArgumentException>(
            () => MuseStyleLoss.Compute(new ExitOutputs([ones(2, 3)], [ones(2, 3), ones(2, 3)]), tensor([0L, 0]), new(), Score));
        Assert.Throws<ArgumentException>(() => MuseStyleLoss.Compute(new ExitOutputs([], []), tensor([0L]), new(), Score));
    }

    private static ExitOutputs Outputs(ScalarType type) => new(
        [.. Enumerable.Range(0, 3).Select(i => LossFixtures.Formula(Batch, 4, 0.2 + (0.7 * i), type: type))],
        [.. Enumerable.Range(0, 3).Select(i => LossFixtures.Formula(Batch, Classes, 0.5 + i, 2, type))]);

    private static Tensor Score(int exit, Tensor feature, Tensor teacher) =>
        0.1 + ((0.2 + (0.3 * exit)) * (feature * teacher * arange(1, feature.shape[1] + 1, dtype: feature.dtype)).mean([1]));
}
