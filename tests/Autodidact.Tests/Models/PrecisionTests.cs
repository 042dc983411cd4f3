using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

public sealed class PrecisionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-precision-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Train_In_Bfloat16_And_Keep_Float32_Outside_The_Network()
    {
        using var scope = NewDisposeScope();
        using var student = TinyDistillation.Student();
        var images = Images();
        var single = Outputs(student.call(images));
        student.Backbone.Precision = Precision.Mixed;
        var mixed = student.call(images);
        Assert.All(mixed.Features.Concat(mixed.Logits), t => Assert.Equal(ScalarType.Float32, t.dtype));

        // Close, since it is the same network, and not equal, since digits were dropped on the way.
        foreach (var (one, other) in single.Zip(Outputs(mixed)))
        {
            var distance = ((one - other).norm() / one.norm()).item<float>();
            Assert.InRange(distance, 1e-4, 0.05);
        }

        var (feature, logits) = student.ForwardTo(images, 1);
        Assert.Equal((ScalarType.Float32, ScalarType.Float32), (feature.dtype, logits.dtype));
        mixed.Logits[0].sum().backward();
        Assert.All(student.parameters().Where(p => p.grad is not null), p =>
            Assert.Equal((ScalarType.Float32, ScalarType.Float32), (p.dtype, p.grad!.dtype)));

        // Outside the network nothing is mixed.
        var a = rand(64, 64, generator: new Generator(7));
        Assert.Equal(ScalarType.Float32, a.mm(a).dtype);
    }

    // Where kernels are as large as maps, or do not fit, is where the library's kernels differ most.
    [Theory]
    [InlineData(16, BranchDesign.Bottleneck, false)]
    [InlineData(20, BranchDesign.Bottleneck, true)]
    [InlineData(24, BranchDesign.Separable, true)]
    [InlineData(32, BranchDesign.Bottleneck, false)]
    public void Should_Say_Nearly_The_Same_At_Every_Size(int side, BranchDesign branch, bool attention)
    {
        using var scope = NewDisposeScope();
        foreach (var architecture in new[] { "resnet10-w8-cifar-pool", "resnet10-w32-cifar-pool" })
        {
            using var student = new MultiExitNetwork(
                Autodidact.Models.Architecture.Parse(architecture),
                new MultiExitOptions { Outputs = 4, Branch = branch, Attention = attention }, seed: 2);
            var single = Outputs(student.call(Images(side)));
            student.Backbone.Precision = Precision.Mixed;
            Assert.All(single.Zip(Outputs(student.call(Images(side)))), pair =>
                Assert.InRange(((pair.First - pair.Second).norm() / pair.First.norm()).item<float>(), 0, 0.08));
        }
    }

    [Fact]
    public void Should_Use_Float32_In_Evaluation()
    {
        using var scope = NewDisposeScope();
        using var student = TinyDistillation.Student();
        student.eval();
        var single = Outputs(student.call(Images()));
        student.Backbone.Precision = Precision.Mixed;
        Assert.All(single.Zip(Outputs(student.call(Images()))), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        using var encoder = Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool").Create(seed: 1);
        var training = encoder.call(Images());
        encoder.Precision = Precision.Mixed;
        Assert.False(training.equal(encoder.call(Images())).all().item<bool>());
        encoder.eval();
        var plain = encoder.call(Images());
        encoder.Precision = Precision.Single;
        Assert.True(plain.equal(encoder.call(Images())).all().item<bool>());
    }

    [Theory]
    [InlineData("sssd")]
    [InlineData("byot-journal")]
    public void Should_Learn_Stop_And_End_In_The_Same_Bits(string method)
    {
        Assert.True(MixedPrecision.IsAvailable);
        var losses = new List<double>();
        var whole = Train(method, Precision.Mixed, null, p => losses.Add(p.Loss), TestContext.Current.CancellationToken);
        Assert.True(losses[^2..].Average() < losses[..2].Average(), $"{losses[0]} to {losses[^1]}");
        Assert.NotEqual(whole, Train(method, Precision.Single, null, _ => { }, TestContext.Current.CancellationToken));
        using var source = new CancellationTokenSource();
        var store = new CheckpointStore(_folder, "distill");
        Assert.Throws<OperationCanceledException>(
            () => Train(method, Precision.Mixed, store, p => { if (p.Step == 5) source.Cancel(); }, source.Token));
        Assert.Equal(whole, Train(method, Precision.Mixed, store, _ => { }, TestContext.Current.CancellationToken));
    }

    private static Dictionary<string, string> Train(
        string method, Precision precision, CheckpointStore? store, Action<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        var student = TinyDistillation.Student();
        student.Backbone.Precision = precision;
        using var objective = TinyDistillation.Objective(method, student);
        using var trainer = new Trainer(
            objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options())
        { Checkpoints = store, Progress = progress };
        trainer.Run(cancellationToken);
        return TinyProblem.Bits(objective);
    }

    private static Tensor Images(int side = 16)
    {
        random.manual_seed(5);
        return rand(40, side, side, 3).permute(0, 3, 1, 2);
    }

    private static Tensor[] Outputs(ExitOutputs outputs) => [.. outputs.Features.Concat(outputs.Logits).Select(t => t.detach())];
}
