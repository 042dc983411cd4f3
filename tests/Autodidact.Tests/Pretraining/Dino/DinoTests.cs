using Autodidact.Models;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public sealed class DinoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("encoder", "teacher_encoder")]
    [InlineData("head", "teacher_head")]
    public void Teacher_Should_Begin_As_The_Student_And_Follow_It_By_A_Cosine_From_The_Momentum_To_1(string source, string copy)
    {
        using var objective = Objective(o => o with { Momentum = 0.6 });
        MomentumFollowing.AssertFollows(objective, source, copy, progress => 1 - (0.4 * (1 + Math.Cos(Math.PI * progress)) / 2));
    }

    [Fact]
    public void Should_Keep_The_Teachers_Encoder()
    {
        using var objective = Objective(o => o);
        Assert.Same(Child(objective, "teacher_encoder"), Assert.IsType<Dino>(objective).Kept);
        Assert.NotSame(Child(objective, "encoder"), ((Dino)objective).Kept);
        using var byol = TinyPretraining.Objective("byol");
        Assert.Same(Child(byol, "encoder"), ((Byol)byol).Kept);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 6)]
    [InlineData(2, 11)]
    public void Prototypes_Should_Keep_Their_Directions_For_The_First_Epochs(int frozenEpochs, int firstMove)
    {
        using var scope = NewDisposeScope();
        using var objective = Objective(o => o with { FrozenEpochs = frozenEpochs });
        var head = (DinoHead)Child(objective, "head");
        var start = nn.functional.normalize(head.LastLayer.detach(), p: 2, dim: 1);
        var moved = new List<int>();
        ObjectiveProbe.Train(objective, p =>
        {
            if ((nn.functional.normalize(head.LastLayer.detach(), p: 2, dim: 1) - start).abs().max().item<float>() > 1e-5)
                moved.Add((int)p.Step);
        }, token: TestContext.Current.CancellationToken);
        Assert.Equal(firstMove, moved[0]);
        Assert.Equal(12 - firstMove + 1, moved.Count);
    }

    [Fact]
    public void Centre_Should_Follow_The_Mean_Of_The_Teachers_Outputs_And_Be_Taken_Off_The_Next_Batch()
    {
        using var objective = Objective(o => o with { CenterMomentum = 0.75 });
        var center = objective.State["center"];
        WithBatch(objective, batch =>
        {
            var mean = Teach(objective, batch).mean([0L], keepdim: true);
            Assert.True(mean.abs().max().item<float>() > 1e-3);
            objective.Loss(batch, 0);
            Assert.True(center.allclose(mean * 0.25, atol: 1e-6));

            // The second loss takes off the centre as the first left it, and moves it afterwards.
            var targets = DinoLoss.Targets(Teach(objective, batch), center.clone(), 0.04);
            var expected = DinoLoss.Compute(Learn(objective, batch), targets, 0.1).item<float>();
            Assert.Equal(expected, objective.Loss(batch, 0).Value.item<float>(), 1e-4);
            Assert.True(center.allclose(mean * (0.25 + (0.75 * 0.25)), atol: 1e-6));
        });
    }

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(0.25, 0.15)]
    [InlineData(0.5, 0.1)]
    [InlineData(0.9, 0.1)]
    public void Temperature_Of_The_Teacher_Should_Move_Linearly_Over_Its_Warm_Up(double progress, double temperature)
    {
        using var objective = Objective(
            o => o with { TeacherTemperatureStart = 0.2, TeacherTemperature = 0.1, TeacherWarmupFraction = 0.5 });
        WithBatch(objective, batch =>
        {
            var targets = DinoLoss.Targets(Teach(objective, batch), objective.State["center"], temperature);
            var entropy = -(targets * targets.log()).sum(1).mean().item<float>();
            Assert.Equal(entropy, objective.Loss(batch, progress).Metrics["teacher_entropy"].item<float>(), 1e-3);
        });
    }

    [Fact]
    public void Without_A_Warm_Up_The_Teacher_Should_Have_Its_Temperature_At_Once()
    {
        using var objective = Objective(o => o with { TeacherTemperatureStart = 0.2, TeacherTemperature = 0.1 });
        WithBatch(objective, batch =>
        {
            var targets = DinoLoss.Targets(Teach(objective, batch), objective.State["center"], 0.1);
            Assert.Equal(
                -(targets * targets.log()).sum(1).mean().item<float>(),
                objective.Loss(batch, 0).Metrics["teacher_entropy"].item<float>(),
                1e-3);
        });
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 2)]
    public void Student_Should_See_Every_View_And_The_Teacher_The_Ordinary_Ones(int local, int passes)
    {
        using var objective = Objective(o => o, local);
        WithBatch(objective, batch =>
        {
            Assert.Equal(2 + local, batch.Views.ViewCount);
            objective.Loss(batch, 0);
            Assert.Equal((passes, 1), (objective.Passes("encoder"), objective.Passes("teacher_encoder")));

            // Local views are in the loss: as many rows go through the student's head.
            var targets = DinoLoss.Targets(Teach(objective, batch), objective.State["center"], 0.04);
            Assert.Equal(
                DinoLoss.Compute(Learn(objective, batch), targets, 0.1).item<float>(), objective.Loss(batch, 0).Value.item<float>(), 1e-4);
        });
    }

    [Fact]
    public void Should_End_In_The_Same_Bits_With_Local_Views_However_Often_It_Was_Stopped() =>
        Resuming.AssertSameBits(() => Objective(o => o, local: 2), _folder, accumulation: 2, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Outputs_Of_The_Head_Should_Be_Cosines_Whatever_The_Length_Of_Prototypes(bool norm)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var head = new DinoHead(5, new DinoOptions { HeadHidden = 8, HeadNorm = norm, Bottleneck = 2, Outputs = 50 });
        var features = LossFixtures.Formula(6, 5, 0.3, type: ScalarType.Float32);
        var outputs = head.call(features);
        Assert.InRange(outputs.abs().max().item<float>(), 0.9, 1.00001);
        using (no_grad()) head.LastLayer.mul_(3);
        Assert.True(outputs.allclose(head.call(features), atol: 1e-5));
        Assert.Equal(norm, head.NamedState().Keys.Any(k => k.EndsWith("running_mean", StringComparison.Ordinal)));
    }

    private static IObjective Objective(Func<DinoOptions, DinoOptions> change, int local = 0) =>
        TinyPretraining.Objective("dino", o => o with
        {
            Methods = o.Methods.With(change(o.Methods.Get<DinoOptions>() with { HeadHidden = 32, Bottleneck = 16, Outputs = 20 })),
            LocalViews = o.LocalViews with { Count = local },
        });

    private static nn.Module Child(IObjective objective, string name) =>
        objective.Network.named_children().Single(c => c.name == name).module;

    /// <summary>
    /// The teacher's outputs for the ordinary views now. As a module in training mode it normalises by the batch, so the test can ask for
    /// them any number of times.
    /// </summary>
    private static Tensor Teach(IObjective objective, ObjectiveBatch batch) => Outputs(objective, "teacher_", [batch.Views.Range(0, 2)]);

    private static Tensor Learn(IObjective objective, ObjectiveBatch batch) => Outputs(
        objective, "", batch.Views.ViewCount == 2 ? [
            batch.Views.Range(0, 2)] : [batch.Views.Range(0, 2), batch.Views.Range(2, batch.Views.ViewCount - 2)]);

    private static Tensor Outputs(IObjective objective, string prefix, Tensor[] views)
    {
        using var noGrad = no_grad();
        var encoder = (Backbone)Child(objective, $"{prefix}encoder");
        return ((DinoHead)Child(objective, $"{prefix}head")).call(cat([.. views.Select(encoder.call)]));
    }

    private static void WithBatch(IObjective objective, Action<ObjectiveBatch> look)
    {
        using var scope = NewDisposeScope();
        using var generator = new ViewGenerator(TinyProblem.ImageSet(), seed: 5, new ViewGeneratorOptions { Workers = 1 });
        int[] indices = [.. Enumerable.Range(0, 8)];
        objective.Network.train();
        foreach (var views in generator.Generate([new BatchPlan(0, 0, indices, objective.Views(0))], TestContext.Current.CancellationToken))
        {
            using (views) look(new ObjectiveBatch(views, indices));
        }
    }
}
