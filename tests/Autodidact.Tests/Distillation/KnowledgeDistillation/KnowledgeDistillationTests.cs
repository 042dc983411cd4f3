using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class KnowledgeDistillationTests
{
    private const string Arch = "resnet10-w8-cifar-pool";

    [Fact]
    public void Should_Answer_With_Cosines_Of_Feature_And_Centroid()
    {
        using var scope = NewDisposeScope();
        using var centroids = Centroids(3);
        var encoder = Autodidact.Models.Architecture.Parse(Arch).Create(seed: 8);
        using var teacher = ClusterTeacher.Of(encoder, centroids, temperature: 0.2);
        var view = Views();
        var logits = teacher.Logits(view);
        Assert.Equal([2, 3], logits.shape);
        Assert.False(logits.requires_grad);
        var features = encoder.call(view).detach();
        for (var image = 0; image < 2; image++)
        {
            var feature = features[image].data<float>().ToArray();
            for (var cluster = 0; cluster < 3; cluster++)
            {
                var centroid = centroids[cluster].ToArray();
                var cosine = feature.Zip(centroid, (a, b) => (double)a * b)
                    .Sum() / Math.Sqrt(feature.Sum(a => (double)a * a) * centroid.Sum(b => (double)b * b));
                Assert.Equal(cosine / 0.2, logits[image, cluster].item<float>(), 1e-4);
            }
        }
    }

    [Fact]
    public void Should_Answer_With_The_Deepest_Exit_Of_A_Student()
    {
        using var scope = NewDisposeScope();
        var student = TinyDistillation.Student();
        using var teacher = ClusterTeacher.Of(student);
        var view = Views();
        Assert.Equal(ObjectiveProbe.Digest(student.call(view).Logits[^1]), ObjectiveProbe.Digest(teacher.Logits(view)));
        Assert.Equal(TinyDistillation.Clusters, teacher.Clusters);
        Assert.Equal(ObjectiveProbe.Digest(student.Backbone.ForwardStages(view)[1]), ObjectiveProbe.Digest(teacher.Map(view, 1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_Not_Move_Its_Teacher(bool encoder)
    {
        var (network, teacher) = Teacher(encoder);
        var before = network.Bits();
        using var objective = new KnowledgeDistillation(Training(), new(), teacher);
        ObjectiveProbe.Train(objective, token: TestContext.Current.CancellationToken);
        Assert.Empty(before.Moved(network.Bits()));
        Assert.All(network.parameters(), p => Assert.True(p.grad is null && !p.requires_grad));
        Assert.False(network.training);
        Assert.All(objective.Network.NamedState(), s => Assert.StartsWith("student.", s.Key, StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Learn_From_The_Teacher_What_The_Clusters_Do_Not_Say()
    {
        // Without the pseudo-labels only the teacher is left to learn from.
        var losses = new List<double>();
        using var objective = TinyDistillation.Objective(
            "kd", o =>
                o with { Methods = o.Methods.With<KnowledgeDistillationOptions>(m => m with { Hard = 0, Soft = 1, Temperature = 1 }) });
        ObjectiveProbe.Train(objective, p => losses.Add(p.Metrics["soft"]), steps: 25, token: TestContext.Current.CancellationToken);
        Assert.InRange(losses[^5..].Average(), 0, 0.8 * losses[..5].Average());
    }

    [Theory]
    [InlineData("kd")]
    [InlineData("fitnets")]
    [InlineData("snapshot")]
    [InlineData("data-distortion")]
    [InlineData("s2sd")]
    public void Should_Train_The_Deepest_Exit_Alone_Where_Asked(string method)
    {
        using var student = TinyDistillation.Student();
        var before = student.Bits();
        using var objective = TinyDistillation.Objective(method, student, o => o with { EveryExit = false });
        ObjectiveProbe.Train(objective, token: TestContext.Current.CancellationToken);
        var moved = before.Moved(student.Bits());
        Assert.All(moved, name => Assert.Matches(@"^(backbone\.|classifiers\.3\.)", name));
        Assert.Contains("classifiers.3.weight", moved);
    }

    [Fact]
    public void Should_Refuse_A_Teacher_Of_Other_Clusters()
    {
        using var centroids = Centroids(3);
        using var teacher = ClusterTeacher.Of(Autodidact.Models.Architecture.Parse(Arch).Create(seed: 8), centroids, 0.1);
        var refused = Assert.Throws<AutodidactException>(() => new KnowledgeDistillation(Training(), new(), teacher));
        Assert.Contains("3 clusters, the student with 4", refused.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Usage, refused.Kind);

        using var foreign = new FeatureMatrix(4, 7);
        Assert.Throws<ArgumentException>(() => ClusterTeacher.Of(Autodidact.Models.Architecture.Parse(Arch).Create(seed: 8), foreign, 0.1));
        Assert.Throws<ArgumentException>(() => ClusterTeacher.Of(Autodidact.Models.Architecture.Parse(Arch).Create(seed: 8), centroids, 0));
    }

    private static (nn.Module Network, ClusterTeacher Teacher) Teacher(bool encoder)
    {
        if (!encoder)
        {
            var student = TinyDistillation.Student(seed: 9);
            return (student, ClusterTeacher.Of(student));
        }

        using var centroids = Centroids(TinyDistillation.Clusters);
        var network = Autodidact.Models.Architecture.Parse(Arch).Create(seed: 8);
        return (network, ClusterTeacher.Of(network, centroids, 0.1));
    }

    private static StudentTraining Training() =>
        new(TinyDistillation.Student(), TinyDistillation.PseudoLabels, _ => ViewSpec.Plain(16, PixelNormalization.Cifar10), Seed: 4);

    private static Tensor Views() => LossFixtures.Formula(2, 3 * 16 * 16, 0.4, type: ScalarType.Float32).detach().reshape(2, 3, 16, 16);

    private static FeatureMatrix Centroids(int rows)
    {
        var centroids = new FeatureMatrix(rows, 64);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < 64; column++) centroids[row][column] = MathF.Sin(1 + (row * 0.7f) + (column * 1.3f));
        }

        return centroids;
    }
}
