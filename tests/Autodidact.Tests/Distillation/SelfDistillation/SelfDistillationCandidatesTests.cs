using Autodidact.Clustering;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Pretraining;
using Autodidact.Tests.Options;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

/// <summary>
/// Effects of the options of self-distillation on its loss of one batch. <see cref="SelfDistillationTests"/> shows that they train and
/// resume.
/// </summary>
public class SelfDistillationCandidatesTests
{
    private static readonly int[] _images = [3, 17, 8, 25, 30, 1];
    private static readonly SelfDistillationOptions _sssd = SelfDistillationVariants.All["sssd-reconstructed"];

    [Fact]
    public void Should_Add_Nothing_To_The_Network_Where_All_Is_Off()
    {
        using var objective = TinyDistillation.Objective("sssd-reconstructed");
        Assert.All(objective.Network.NamedState().Keys, name => Assert.StartsWith("student.", name, StringComparison.Ordinal));
        Assert.Single(objective.Views(0).Views);
        var (loss, parts, outputs) = LossOf("sssd-reconstructed", "");
        Assert.Equal(SelfDistillationLoss.Compute(outputs, Targets(), _sssd).Loss.item<float>(), loss);
        Assert.Equal(["hard", "hint", "soft"], parts.Keys.Order());
    }

    [Fact]
    public void Should_Aim_At_Near_Centroids()
    {
        var (loss, _, outputs) = LossOf("sssd-reconstructed", "loss.targets=soft loss.target_temperature=0.3");
        using var centroids = TinyDistillation.Centroids();
        var soft = SoftAssignmentLoss.Assign(Features()[Rows()], Copy(centroids), new() { Temperature = 0.3 });
        Assert.Equal(SelfDistillationLoss.Compute(outputs, soft, _sssd).Loss.item<float>(), loss, 1e-5f);
    }

    [Fact]
    public void Should_Aim_At_The_Clusters_Of_Neighbours_And_Trust_Those_Who_Agree()
    {
        var (loss, _, outputs) = LossOf("sssd-reconstructed", "loss.targets=neighbours loss.neighbours=12 loss.confidence=0.5");
        var table = Neighborhoods(12);
        var weights = NeighborTargets.Weights(table, 0.5);
        Assert.Equal(1, weights.mean().item<double>(), 1e-12);
        Assert.True(weights.std().item<double>() > 0.01);
        var wanted = SelfDistillationLoss.Compute(
            outputs, NeighborTargets.Assign(table[Rows()], TinyDistillation.Clusters), _sssd,
            weights: weights[Rows()].to(ScalarType.Float32));
        Assert.Equal(wanted.Loss.item<float>(), loss, 1e-5f);
    }

    [Fact]
    public void Should_Average_Cross_Entropy_And_Divergence_Over_All_Clusterings()
    {
        using var objective = Objective("sssd-reconstructed", "loss.clusterings=2 loss.clustering_growth=0.75");
        var (loss, parts, outputs) = LossOf(objective);
        var heads = (ModuleList<Linear>)objective.Network.named_children().Single(c => c.name == "clusterings").module;
        Assert.Equal([3, 3, 3, 3, 2, 2, 2, 2], heads.Select(h => h.weight!.shape[0]));

        using var scope = NewDisposeScope();
        using var features = TinyDistillation.EncoderFeatures();
        var (first, of) = SelfDistillationLoss.Compute(outputs, Targets(), _sssd with { Hint = 0 });
        var sum = first.item<float>();
        for (var j = 0; j < 2; j++)
        {
            using var clusters = KMeans.Fit(
                features,
                new KMeansOptions { Clusters = 3 - j, Spherical = true, Seed = (ulong)(5 + j) },
                cancellationToken: TestContext.Current.CancellationToken);
            var own = new ExitOutputs(outputs.Features, [.. outputs.Features.Select((f, exit) => heads[(4 * j) + exit].call(f))]);
            sum += SelfDistillationLoss.Compute(
                own, tensor(_images.Select(i => (long)clusters.Assignments[i]).ToArray()), _sssd with { Hint = 0 }).Loss.item<float>();
        }

        Assert.Equal((sum / 3) + (_sssd.Hint * parts["hint"]), loss, 1e-5);
        Assert.Equal(of["hard"].item<float>(), parts["hard"], 1e-5);
    }

    [Fact]
    public void Should_Compare_Two_Views_And_Distill_On_Both()
    {
        using var objective = Objective("sssd-reconstructed", "loss.contrast=2 loss.contrast_temperature=0.5");
        var (loss, parts, outputs) = LossOf(objective);
        Assert.Equal(2 * _images.Length, outputs.Features[0].shape[0]);
        var projector = (ProjectionHead)objective.Network.named_children().Single(c => c.name == "projector").module;
        var contrast = NtXentLoss.Compute(projector.call(outputs.Features[^1]), 0.5).item<float>();
        Assert.Equal(contrast, parts["contrast"], 1e-4);
        Assert.Equal(SelfDistillationLoss.Compute(outputs, Targets().repeat(2), _sssd).Loss.item<float>() + (2 * contrast), loss, 1e-4);
    }

    [Fact]
    public void Should_Add_The_Encoders_Features_To_Hard_Soft_And_Hint_And_Let_Both_Move_The_Features()
    {
        var (loss, parts, outputs) = LossOf("sssd-feature", "");
        Assert.Equal(
            SelfDistillationLoss.Compute(outputs, Targets(), _sssd).Loss.item<float>() + (5 * parts["encoder_feature"]), loss, 1e-4);
        foreach (var settings in new[] { "loss.encoder_feature=0", "loss.hard=0 loss.deepest_hard=0 loss.soft=0 loss.hint=0" })
        {
            using var objective = Objective("sssd-feature", settings);
            LossOf(objective, backward: true);
            Assert.True(objective.Network.get_parameter("student.backbone.conv1.weight")!.grad!.abs().sum().item<float>() > 0);
        }
    }

    /// <summary>
    /// CompRess's loss with anchors of its own choice, from the features known beforehand; the features move, and the anchors are another
    /// draw for another seed.
    /// </summary>
    [Fact]
    public void Should_Compare_Images_With_Anchors_As_The_Encoder_Does()
    {
        const string settings = "loss.encoder_feature=3 loss.encoder_feature_form=anchors loss.anchors=12 loss.anchor_temperature=0.2";
        using var objective = Objective("sssd-reconstructed", settings);
        var (loss, parts, outputs) = LossOf(objective);
        using var features = TinyDistillation.EncoderFeatures();
        var chosen = EncoderAnchors.Draw(TinyProblem.Images, 12, seed: 4);
        Assert.Equal(12, chosen.Distinct().Count());
        Assert.NotEqual(chosen, EncoderAnchors.Draw(TinyProblem.Images, 12, seed: 5));
        using var anchors = EncoderAnchors.Directions(features, chosen);
        var maps = (ModuleList<Linear>)objective.Network.named_children().Single(c => c.name == "maps").module;
        var wanted = outputs.Features
            .Select((f, exit) => CompRessLoss.Compute(maps[exit].call(f), Features()[Rows()], anchors, anchors, 0.2).item<float>())
            .Average();
        Assert.Equal(wanted, parts["encoder_feature"], 1e-5);
        Assert.Equal(SelfDistillationLoss.Compute(outputs, Targets(), _sssd).Loss.item<float>() + (3 * wanted), loss, 1e-4);

        using var alone = Objective("sssd-reconstructed", settings + " loss.hard=0 loss.deepest_hard=0 loss.soft=0 loss.hint=0");
        LossOf(alone, backward: true);
        Assert.True(alone.Network.get_parameter("student.backbone.conv1.weight")!.grad!.abs().sum().item<float>() > 0);
    }

    [Theory]
    [InlineData(50, 2)] // more clusters than images, and more than different features
    [InlineData(4, 8)]
    public void Should_Run_On_What_Stands_In_For_Features_Before_There_Are_Any(int outputs, int columns)
    {
        foreach (var targets in new[] { TargetForm.Soft, TargetForm.Neighbours })
        {
            using var features = OneHot(TinyProblem.Images, columns);
            using var centroids = OneHot(outputs, columns);
            var student = new MultiExitNetwork(
                Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool"), new MultiExitOptions { Outputs = outputs }, seed: 2);
            using var objective = new SelfDistillation(
                new StudentTraining(
                    student, [.. TinyProblem.Positions.Select(p => p % outputs)], _ => ViewSpec.Plain(16, PixelNormalization.Cifar10),
                    Seed: 4),
                _sssd with { Targets = targets, Confidence = 1, Neighbours = 1000, Clusterings = 3, ClusteringGrowth = 5 },
                features,
                centroids);
            Assert.True(float.IsFinite(LossOf(objective).Loss));
        }
    }

    [Fact]
    public void Should_Refuse_One_View_Where_Two_Are_Compared()
    {
        using var objective = new SelfDistillation(
            new StudentTraining(
                TinyDistillation.Student(), TinyDistillation.PseudoLabels, _ => ViewSpec.Plain(16, PixelNormalization.Cifar10), Seed: 4),
            _sssd with { Contrast = 1 });
        Assert.Throws<ArgumentException>(() => LossOf(objective));
    }

    private static IObjective Objective(string method, string settings) =>
        TinyDistillation.Objective(method, options => Assignments.Apply(options, settings));

    private static (float Loss, Dictionary<string, float> Parts, ExitOutputs Outputs) LossOf(string method, string settings)
    {
        using var objective = Objective(method, settings);
        return LossOf(objective);
    }

    /// <summary>Loss and parts of one batch, and the outputs they are of.</summary>
    private static (float Loss, Dictionary<string, float> Parts, ExitOutputs Outputs) LossOf(IObjective objective, bool backward = false)
    {
        using var generator = new ViewGenerator(TinyProblem.ImageSet(), 1, new ViewGeneratorOptions());
        using var views =
            generator.Generate([new BatchPlan(0, 0, _images, objective.Views(0))], TestContext.Current.CancellationToken).Single();
        using var scope = NewDisposeScope();
        var loss = objective.Loss(new ObjectiveBatch(views, _images), 0);
        if (backward) loss.Value.backward();
        var student = (MultiExitNetwork)objective.Network.named_children().Single(c => c.name == "student").module;
        var outputs = student.call(views.All);
        return (
            loss.Value.item<float>(),
            loss.Metrics.ToDictionary(m => m.Key, m => m.Value.item<float>()),
            new ExitOutputs([.. outputs.Features.Select(Kept)], [.. outputs.Logits.Select(Kept)]));
    }

    private static Tensor Kept(Tensor value) => value.detach().DetachFromDisposeScope();

    private static Tensor Rows() => tensor(_images.Select(i => (long)i).ToArray());

    private static Tensor Targets() => tensor(_images.Select(i => (long)TinyDistillation.PseudoLabels[i]).ToArray());

    private static Tensor Features()
    {
        using var features = TinyDistillation.EncoderFeatures();
        return Copy(features);
    }

    private static Tensor Copy(FeatureMatrix matrix) => tensor(matrix.Block(0, matrix.Rows).ToArray(), matrix.Rows, matrix.Columns);

    private static Tensor Neighborhoods(int count)
    {
        using var features = TinyDistillation.EncoderFeatures();
        var neighbors = NeighborSearch.Find(features, count);
        return tensor(
            TinyProblem.Positions.SelectMany(i => neighbors.Skip(i * count).Take(count).Prepend(i))
                .Select(i => TinyDistillation.PseudoLabels[i])
                .ToArray(), TinyProblem.Images, 1 + count);
    }

    private static FeatureMatrix OneHot(int rows, int columns)
    {
        var matrix = new FeatureMatrix(rows, columns);
        for (var row = 0; row < rows; row++) matrix[row][row % columns] = 1;
        return matrix;
    }
}
