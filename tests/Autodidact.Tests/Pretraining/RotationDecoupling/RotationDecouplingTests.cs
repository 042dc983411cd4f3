using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class RotationDecouplingTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        PretextFixtures.AssertEqualsLoops(
            "rotation_invariance", type => LossFixtures.Formula(12, 3, 0.6, type: type), (_, x) => RotationDecouplingLoss.Invariance(x));

    [Fact]
    public void Should_Equal_A_Distance_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // One value of two images in four rotations; the means are 1 and 5, the distances 1, 1, 1, 1 and 0, 0, 2, 2.
        var features = tensor(new double[] { 0, 5, 0, 5, 2, 3, 2, 7 }, [8, 1]);
        Assert.Equal([1, 5], RotationDecouplingLoss.Mean(features).data<double>().ToArray());
        Assert.Equal((4 + 8) / 8.0, RotationDecouplingLoss.Invariance(features).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_What_All_Rotations_Of_An_Image_Share()
    {
        using var scope = NewDisposeScope();
        var features = LossFixtures.Formula(12, 3, 0.6);
        var shared = LossFixtures.Formula(3, 3, 2.2, 5).repeat(4, 1);
        Assert.Equal(
            RotationDecouplingLoss.Invariance(features).item<double>(),
            RotationDecouplingLoss.Invariance(features + shared).item<double>(),
            1e-12);
        Assert.Equal(0, RotationDecouplingLoss.Invariance(shared).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        DistillationFixtures.AssertFalls(LossFixtures.Formula(12, 3, 0.6), RotationDecouplingLoss.Invariance, rate: 3, toFraction: 0.1);
    }

    [Fact]
    public void Should_Refuse_What_Is_Not_Four_Rotations()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => RotationDecouplingLoss.Invariance(ones(6, 3)));
        Assert.Throws<ArgumentException>(() => RotationDecouplingLoss.Mean(ones(8)));
    }

    [Theory]
    [InlineData(1, 0, 0, true, false)]
    [InlineData(0, 1, 0, false, true)]
    [InlineData(0, 0, 1, false, true)]
    public void Should_Give_Each_Half_Of_The_Feature_Its_Own_Task(
        double rotation, double invariance, double instance, bool first, bool second)
    {
        var encoder = Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool").Create(3);
        using var objective = new RotationDecoupling(
            new EncoderTraining(encoder, _ => ViewSpec.Plain(16, PixelNormalization.Cifar10), TinyProblem.Images, 4),
            new RotationDecouplingOptions { RotationWeight = rotation, InvarianceWeight = invariance, InstanceWeight = instance });
        var half = encoder.FeatureSize / 2;
        var (one, two) = (double.NaN, double.NaN);
        using var hook = new HookedStep(objective, () =>
        {
            using var scope = NewDisposeScope();

            // The last norm scales each value of the feature by itself.
            var gradient =
                encoder.named_parameters().Last(p => p.parameter.dim() == 1 && p.parameter.shape[0] == encoder.FeatureSize).parameter.grad!;
            (one, two) = (gradient[..half].abs().sum().item<float>(), gradient[half..].abs().sum().item<float>());
        });
        using var trainer = new Trainer(hook, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options(steps: 1));
        trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal((first, second), (one > 0, two > 0));
    }

    [Fact]
    public void Should_Learn_Which_Side_Is_Up() => Assert.InRange(
        PretextProbe.Learn(
            "rotation-decoupling",
            "rotation_accuracy",
            (row, _, contrast) => 0.5 + (0.5 * contrast * row),
            o => o with { Methods = o.Methods.With(new RotationDecouplingOptions { InstanceWeight = 0.1, Negatives = 0 }) }),
        0.95,
        1);

    /// <summary>Looks at the gradients of an objective before a step.</summary>
    private sealed class HookedStep(IObjective inner, Action look) : IObjective
    {
        public string Name => inner.Name;

        public nn.Module Network => inner.Network;

        public IReadOnlyList<ParameterGroup> ParameterGroups => inner.ParameterGroups;

        public IReadOnlyDictionary<string, Tensor> State => inner.State;

        public ViewSpec Views(double progress) => inner.Views(progress);

        public ObjectiveLoss Loss(ObjectiveBatch batch, double progress) => inner.Loss(batch, progress);

        public void BeforeStep(double progress) => look();

        public void Dispose()
        {
        }
    }
}
