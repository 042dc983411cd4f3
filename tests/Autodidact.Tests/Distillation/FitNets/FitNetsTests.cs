using Autodidact.Distillation;
using Autodidact.Objectives;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Distillation;

public sealed class FitNetsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-fitnets-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Train_Up_To_The_Hint_First_And_Everything_But_The_Regressor_Then()
    {
        using var student = TinyDistillation.Student();
        using var objective = TinyDistillation.Objective(
            "fitnets", student, o => o with { Methods = o.Methods.With<FitNetsOptions>(m => m with { HintFraction = 0.5 }) });
        var before = objective.Network.Bits();
        Dictionary<string, string>? middle = null;
        var hints = new List<double>();
        ObjectiveProbe.Train(
            objective,
            p =>
            {
                Assert.Equal(p.Step <= 6, p.Metrics.ContainsKey("hint"));
                Assert.Equal(p.Step > 6, p.Metrics.ContainsKey("soft"));
                if (p.Step <= 6) hints.Add(p.Metrics["hint"]);
                if (p.Step == 6) middle = objective.Network.Bits();
            },
            token: Token);
        Assert.InRange(hints[^1], 0, 0.9 * hints[0]);
        var guided = before.Moved(middle!);
        Assert.All(guided, name => Assert.Matches(@"^(regressor\.|student\.backbone\.(conv1|bn1|layer1|layer2)\.)", name));
        Assert.Contains("regressor.weight", guided);
        Assert.Contains(guided, name => name.StartsWith("student.backbone.layer2", StringComparison.Ordinal));
        var distilled = middle!.Moved(objective.Network.Bits());
        Assert.DoesNotContain(distilled, name => name.StartsWith("regressor", StringComparison.Ordinal));
        Assert.Contains("student.classifiers.0.weight", distilled);
        Assert.Contains(distilled, name => name.StartsWith("student.backbone.layer4", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(9)]
    public void Should_End_In_The_Same_Bits_From_A_Stop_In_Either_Phase_And_Between(int stop)
    {
        Dictionary<string, string> Train(CheckpointStore? store, CancellationTokenSource source)
        {
            using var objective = TinyDistillation.Objective(
                "fitnets", o => o with { Methods = o.Methods.With<FitNetsOptions>(m => m with { HintFraction = 0.5 }) });
            ObjectiveProbe.Train(
                objective,
                p =>
                {
                    if (p.Step >= stop && store is not null) source.Cancel();
                },
                store,
                token: source.Token);
            return TinyProblem.Bits(objective);
        }

        using var never = new CancellationTokenSource();
        var whole = Train(null, never);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(new CheckpointStore(_folder, "distill"), source));
        using var objective = TinyDistillation.Objective(
            "fitnets", o => o with { Methods = o.Methods.With<FitNetsOptions>(m => m with { HintFraction = 0.5 }) });
        ObjectiveProbe.Train(objective, store: new CheckpointStore(_folder, "distill"), token: Token);
        Assert.Equal(whole, TinyProblem.Bits(objective));
    }

    [Theory]
    [InlineData("resnet10-w16-cifar")]
    [InlineData("resnet18-w8")]
    public void Should_Be_Guided_By_Wider_Larger_And_Smaller_Maps(string teacher)
    {
        using var features = TinyDistillation.EncoderFeatures();
        var encoder = Autodidact.Models.Architecture.Parse(teacher).Create(seed: 8);
        using var centroids = new Autodidact.Numerics.FeatureMatrix(TinyDistillation.Clusters, encoder.FeatureSize);
        for (var row = 0; row < centroids.Rows; row++) centroids[row][row] = 1;
        var training = new StudentTraining(
            TinyDistillation.Student(), TinyDistillation.PseudoLabels, _ => ViewSpec.Plain(16, PixelNormalization.Cifar10), Seed: 4);
        var before = encoder.Bits();
        using var objective = new FitNets(training, new(), new(), ClusterTeacher.Of(encoder, centroids, 0.1));
        var hints = new List<double>();
        ObjectiveProbe.Train(
            objective,
            p =>
            {
                if (p.Metrics.TryGetValue("hint", out var hint)) hints.Add(hint);
            },
            steps: 20,
            token: Token);
        Assert.Equal(6, hints.Count);
        Assert.True(hints[^1] < hints[0], $"{hints[0]} to {hints[^1]}");
        Assert.Empty(before.Moved(encoder.Bits()));
    }

    [Fact]
    public void Should_Refuse_A_Stage_There_Is_Not()
    {
        var refused = Assert.Throws<AutodidactException>(
            () => TinyDistillation.Objective(
                "fitnets", o => o with { Methods = o.Methods.With<FitNetsOptions>(m => m with { HintStage = 5 }) }));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains("hint_stage=5", refused.Message, StringComparison.Ordinal);
    }
}
