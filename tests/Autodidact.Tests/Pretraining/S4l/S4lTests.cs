using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Stages;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class S4lTests
{
    private static readonly long[] _labels = [2, -1, 0, -1, 2];

    [Theory]
    [InlineData(ScalarType.Float64, 1e-8, 1e-7)]
    [InlineData(ScalarType.Float32, 1e-4, 1e-4)]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient(ScalarType type, double valueTolerance, double gradientTolerance)
    {
        foreach (var expected in LossFixtures.Load("s4l", "s4l").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var (classes, rotations) = (LossFixtures.Formula(20, 3, 0.2, 2, type), LossFixtures.Formula(20, 4, 0.9, 2, type));
            var weight = expected.GetProperty("weight").GetDouble();
            var loss = S4lLoss.Compute(classes, rotations, tensor(_labels), weight).Loss;
            loss.backward();
            Assert.Equal(expected.GetProperty("value").GetDouble(), loss.to(ScalarType.Float64).item<double>(), valueTolerance);
            LossFixtures.AssertClose(expected.GetProperty("classes_gradient"), classes.grad!, gradientTolerance);
            LossFixtures.AssertClose(expected.GetProperty("rotations_gradient"), rotations.grad!, gradientTolerance);
        }
    }

    /// <summary>Logits that know nothing: ln C of the classes and ln 4 of the turns; without a known label the turns alone.</summary>
    [Fact]
    public void Should_Be_The_Logarithms_Of_The_Counts_Where_Nothing_Is_Known()
    {
        using var scope = NewDisposeScope();
        var (classes, rotations) = (zeros(20, 3, dtype: ScalarType.Float64), zeros(20, 4, dtype: ScalarType.Float64));
        Assert.Equal(Math.Log(3) + (2 * Math.Log(4)), S4lLoss.Compute(classes, rotations, tensor(_labels), 2).Loss.item<double>(), 1e-12);
        Assert.Equal(2 * Math.Log(4), S4lLoss.Compute(classes, rotations, full(5, -1, ScalarType.Int64), 2).Loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Look_At_The_Classes_Of_Images_Without_A_Label()
    {
        using var scope = NewDisposeScope();
        var (classes, rotations) = (LossFixtures.Formula(20, 3, 0.2), LossFixtures.Formula(20, 4, 0.9));
        S4lLoss.Compute(classes, rotations, tensor(_labels), 1).Loss.backward();
        var moved = classes.grad!.abs().sum(1).data<double>().ToArray().Select(v => v > 0);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => _labels[i % 5] >= 0), moved);
    }

    /// <summary>Class and rotation logits side by side, so that one gradient moves both.</summary>
    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(_labels);
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(20, 7, 0.2), x => S4lLoss.Compute(x.narrow(1, 0, 3), x.narrow(1, 3, 4), labels, 1).Loss, rate: 5,
            toFraction: 0.2);
    }

    [Fact]
    public void Should_Refuse_What_Does_Not_Fit()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(_labels);
        Assert.Throws<ArgumentException>(() => S4lLoss.Compute(zeros(19, 3), zeros(20, 4), labels, 1));
        Assert.Throws<ArgumentException>(() => S4lLoss.Compute(zeros(20, 3), zeros(20, 3), labels, 1));
        Assert.Throws<ArgumentException>(() => S4lLoss.Compute(zeros(20, 3), zeros(20, 4), labels, -1));
    }

    [Fact]
    public void Should_Learn_Turns_And_Known_Classes()
    {
        var losses = new List<double>();
        using var objective = TinyPretraining.Objective("s4l");
        ObjectiveProbe.Train(objective, p => losses.Add(p.Loss), steps: 120, token: TestContext.Current.CancellationToken);
        Assert.True(losses[^20..].Average() < losses[..20].Average() - 0.1, string.Join(' ', losses));
    }

    [Theory]
    [InlineData(0.1, new[] { 2, 1, 1 })]
    [InlineData(0.5, new[] { 6, 3, 1 })]
    [InlineData(1, new[] { 12, 6, 1 })]
    public void Should_See_The_Same_Fraction_Of_Each_Class_And_At_Least_One_Image(double fraction, int[] wanted)
    {
        int[] labels = [.. Enumerable.Range(0, 20).Select(i => i == 19 ? -1 : i == 18 ? 2 : i % 3 == 0 ? 1 : 0)];
        var drawn = UpperBoundLabels.Draw(labels, fraction, seed: 3);
        Assert.Equal(wanted, Enumerable.Range(0, 3).Select(c => drawn.Count(l => l == c)));
        Assert.All(Enumerable.Range(0, 20), i => Assert.True(drawn[i] == -1 || drawn[i] == labels[i]));
        Assert.Equal(drawn, UpperBoundLabels.Draw(labels, fraction, seed: 3));
        if (fraction == 0.5) Assert.NotEqual(drawn, UpperBoundLabels.Draw(labels, fraction, seed: 4));
    }
}
