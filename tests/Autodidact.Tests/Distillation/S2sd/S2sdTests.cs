using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Tests.Training;
using Autodidact.Training;

namespace Autodidact.Tests.Distillation;

public class S2sdTests
{
    [Fact]
    public void Should_Give_Each_Exit_Heads_Of_Growing_Size_That_Train_And_Are_Saved()
    {
        using var objective = TinyDistillation.Objective(
            "s2sd", o => o with { Methods = o.Methods.With<S2sdOptions>(m => m with { Heads = 2, HeadWidth = 1.5 }) });
        var shapes = objective.Network.NamedState().ToDictionary(s => s.Key, s => s.Value.shape);
        for (var exit = 0; exit < 4; exit++)
        {
            Assert.Equal([96, 64], shapes[$"head_{exit}_1.embedding.layers.0.weight"]);
            Assert.Equal([192, 192], shapes[$"head_{exit}_2.embedding.layers.2.weight"]);
            Assert.Equal([TinyDistillation.Clusters, 192], shapes[$"head_{exit}_2.classifier.weight"]);
        }

        Assert.DoesNotContain(shapes.Keys, name => name.Contains("_3.", StringComparison.Ordinal));
        var before = objective.Network.Bits();
        ObjectiveProbe.Train(objective, token: TestContext.Current.CancellationToken);
        var moved = before.Moved(objective.Network.Bits());
        Assert.All(shapes.Keys.Where(name => name.StartsWith("head", StringComparison.Ordinal)), name => Assert.Contains(name, moved));
    }

    [Theory]
    [InlineData(0.5, 6)]
    [InlineData(0, 0)]
    [InlineData(1, 12)]
    public void Should_Let_The_Backbone_Teach_From_A_Point_On(double from, int steps)
    {
        var seen = new List<bool>();
        using var objective = TinyDistillation.Objective(
            "s2sd", o => o with { Methods = o.Methods.With<S2sdOptions>(m => m with { FeatureFrom = from }) });
        ObjectiveProbe.Train(objective, p => seen.Add(p.Metrics.ContainsKey("backbone")), token: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 12).Select(step => step >= steps), seen);
    }

    [Fact]
    public void Should_Learn_All_Its_Parts_Together()
    {
        var losses = new List<double>();
        using var objective = TinyDistillation.Objective(
            "s2sd", o => o with { Methods = o.Methods.With<S2sdOptions>(m => m with { FeatureFrom = 0 }) });
        ObjectiveProbe.Train(objective, p => losses.Add(p.Loss), steps: 30, token: TestContext.Current.CancellationToken);
        Assert.True(losses[^5..].Average() < losses[..5].Average(), $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void Should_Train_No_Head_Of_An_Exit_That_Is_Not_Trained()
    {
        using var objective = TinyDistillation.Objective("s2sd", o => o with { EveryExit = false });
        Assert.All(objective.Network.NamedState().Keys.Where(n => n.StartsWith("head", StringComparison.Ordinal)), n =>
            Assert.StartsWith("head_3_", n, StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Not_Teach_The_Heads_By_Similarities()
    {
        // The embeddings are detached where they teach: with the classifiers' loss alone they move to the same bits.
        Dictionary<string, string> Trained(double weight)
        {
            using var objective = TinyDistillation.Objective(
                "s2sd", o => o with { Methods = o.Methods.With<S2sdOptions>(m => m with { Similarity = new() { Weight = weight } }) });

            // A common clipping of all gradients would tie the two together.
            var options = TinyProblem.Options(steps: 1);
            using var trainer = new Trainer(
                objective, TinyProblem.ImageSet(), TinyProblem.Positions,
                options with { Optimizer = options.Optimizer with { ClipNorm = 0 } });
            trainer.Run(TestContext.Current.CancellationToken);
            return TinyProblem.Bits(objective);
        }

        var moved = Trained(0).Moved(Trained(0.01));
        Assert.Contains(moved, name => name.StartsWith("student.backbone", StringComparison.Ordinal));
        Assert.DoesNotContain(moved, name => name.StartsWith("head", StringComparison.Ordinal));
    }
}
