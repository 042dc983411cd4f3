using Autodidact.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class DataDistortionTests
{
    [Fact]
    public void Should_Ask_For_Two_Views_And_Refuse_Another_Number()
    {
        using var two = TinyDistillation.Objective("data-distortion");
        Assert.Equal(2, two.Views(0).Views.Count);
        using var one = new DataDistortion(
            new StudentTraining(
                TinyDistillation.Student(), TinyDistillation.PseudoLabels, _ => ViewSpec.Plain(16, PixelNormalization.Cifar10), Seed: 4),
            new());
        Assert.Throws<ArgumentException>(() => ObjectiveProbe.Train(one, token: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Should_See_No_Difference_Between_Equal_Views()
    {
        var plain = ViewSpec.Plain(16, PixelNormalization.Cifar10);
        using var objective = new DataDistortion(
            new StudentTraining(
                TinyDistillation.Student(), TinyDistillation.PseudoLabels, _ => plain with { Views = [plain.Views[0], plain.Views[0]] },
                Seed: 4), new());
        ObjectiveProbe.Train(
            objective,
            p =>
            {
                Assert.Equal(0, p.Metrics["soft"], 1e-6);
                Assert.Equal(0, p.Metrics["discrepancy"], 1e-6);
                Assert.Equal(p.Loss, p.Metrics["hard"], 1e-4);
            },
            token: TestContext.Current.CancellationToken);

        var soft = new List<double>();
        using var distorted = TinyDistillation.Objective("data-distortion");
        ObjectiveProbe.Train(distorted, p => soft.Add(p.Metrics["soft"]), token: TestContext.Current.CancellationToken);
        Assert.All(soft, value => Assert.True(value > 1e-4));
    }

    [Fact]
    public void Should_Draw_The_Views_Together()
    {
        // Without the pseudo-labels the views alone are left to agree.
        var soft = new List<double>();
        using var objective = TinyDistillation.Objective(
            "data-distortion", o => o with { Methods = o.Methods.With<DataDistortionOptions>(m => m with { Hard = 0 }) });
        ObjectiveProbe.Train(objective, p => soft.Add(p.Metrics["soft"]), steps: 25, token: TestContext.Current.CancellationToken);
        Assert.InRange(soft[^5..].Average(), 0, 0.5 * soft[..5].Average());
    }
}
