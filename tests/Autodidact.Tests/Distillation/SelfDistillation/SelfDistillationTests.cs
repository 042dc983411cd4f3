using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Pipeline;
using Autodidact.Tests.Options;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Distillation;

/// <summary>The objective of every method, trained for a few steps.</summary>
public sealed class SelfDistillationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-distill-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int> Methods()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var method in DistillMethods.All)
        {
            data.Add(method.Name, "", 1);
        }

        data.Add("byot-journal", "", 2);
        data.Add("sssd-reconstructed", "loss.targets=soft", 1);
        data.Add("sssd-reconstructed", "loss.targets=neighbours loss.neighbours=5", 1);
        data.Add("sssd-reconstructed", "loss.confidence=0.5 loss.neighbours=12", 1);
        data.Add("sssd-reconstructed", "loss.clusterings=2 loss.clustering_growth=0.75", 1);
        data.Add("sssd-reconstructed", "loss.teacher=ensemble", 1);
        data.Add("sssd-reconstructed", "loss.contrast=0.5", 1);
        data.Add("sssd-reconstructed", "loss.encoder_feature=2 loss.encoder_feature_form=anchors loss.anchors=12", 1);
        data.Add("clusterfit", "loss.targets=soft loss.confidence=0.5", 1);
        data.Add(
            "sssd-feature",
            "loss.targets=soft loss.confidence=0.5 loss.clusterings=2 loss.clustering_growth=0.75 loss.teacher=ensemble loss.contrast=0.5",
            2);
        return data;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Should_Learn_Stop_And_End_In_The_Same_Bits(string method, string settings, int accumulation)
    {
        var losses = Resuming.AssertSameBits(
            () => TinyDistillation.Objective(method, o => Assignments.Apply(o, settings)), _folder, accumulation, Token);

        // Distances and angles of eight images differ more from batch to batch than a dozen steps take off, new classifiers begin anew, and
        // parts come and go during training: that descent lowers the losses is shown in those methods' own tests.
        if (method is not ("rkd" or "alternating" or "snapshot" or "fitnets" or "s2sd"))
        {
            Assert.True(losses[^2..].Average() < losses[..2].Average(), $"{losses[0]} to {losses[^1]}");
        }
    }

    [Fact]
    public void Should_Let_The_Encoder_Move_The_Features_And_The_Clusters_The_Classifiers()
    {
        var options = SelfDistillationVariants.All["encoder-feature"];
        var training = TinyProblem.Options(steps: 4);

        // A common clipping of all gradients would tie the two together.
        training = training with { Optimizer = training.Optimizer with { ClipNorm = 0 } };
        Dictionary<string, string> Trained(SelfDistillationOptions with)
        {
            using var objective = Objective(Student(), with);
            using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, training);
            trainer.Run(Token);
            return TinyProblem.Bits(objective);
        }

        var both = Trained(options);
        var features = Trained(options with { Hard = 0, DeepestHard = 0 });
        var differing = both.Where(b => features[b.Key] != b.Value).Select(b => b.Key).ToArray();
        Assert.Equal(8, differing.Length);
        Assert.All(differing, name => Assert.Contains("classifiers.", name, StringComparison.Ordinal));
        var moved = Trained(options with { ClassifiersOnly = false });
        Assert.Contains(both, b => moved[b.Key] != b.Value && b.Key.Contains("backbone.layer1", StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Ask_For_The_Encoders_Features_Where_It_Needs_Them()
    {
        using var student = Student();
        Assert.Throws<ArgumentNullException>(() => new SelfDistillation(
            new StudentTraining(student, [.. TinyProblem.Positions], _ => ViewSpec.Plain(16, PixelNormalization.Cifar10), Seed: 4),
            SelfDistillationVariants.All["encoder-feature"]));
    }

    private static MultiExitNetwork Student() => TinyDistillation.Student();

    private static SelfDistillation Objective(MultiExitNetwork student, SelfDistillationOptions options) =>
        new(TinyDistillation.Training(student), options, TinyDistillation.EncoderFeatures());
}
