using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public sealed class NpidTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Remember_The_Batch_In_Rows_Of_Its_Own_After_The_Loss()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var memory = new InstanceMemory(9, new InstanceMemoryOptions(Dimension: 4, Temperature: 0.1, Negatives: 0, Momentum: 0.25));
        var before = memory.State["memory"].clone();
        var (x, rows) = (LossFixtures.Formula(3, 4, 0.3, 7, ScalarType.Float32), tensor(PretextFixtures.Rows));
        var loss = memory.Loss(x, rows);
        Assert.Equal(NonParametricSoftmaxLoss.Compute(x, before, rows, 0.1).item<float>(), loss.item<float>(), 1e-6);
        var mixed = before.clone();
        mixed[rows] = nn.functional.normalize(
            (0.25 * before[rows]) + (0.75 * nn.functional.normalize(x.detach(), p: 2, dim: 1)), p: 2, dim: 1);
        Assert.Equal(0, (mixed - memory.State["memory"]).abs().max().item<float>(), 1e-6);
        Assert.True((before - memory.State["memory"]).abs().max().item<float>() > 0.01);
        loss.backward();
        Assert.True(x.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Should_Estimate_The_Normaliser_Once()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var memory = new InstanceMemory(9, new InstanceMemoryOptions(Dimension: 4, Temperature: 0.1, Negatives: 5, Momentum: 0.5));
        Assert.Equal(0, memory.State["memory_normalizer"].item<float>());
        memory.Loss(LossFixtures.Formula(3, 4, 0.3, type: ScalarType.Float32), tensor(PretextFixtures.Rows));
        var first = memory.State["memory_normalizer"].item<float>();
        memory.Loss(LossFixtures.Formula(3, 4, 1.9, type: ScalarType.Float32), tensor(PretextFixtures.Rows));
        Assert.True(first > 0);
        Assert.Equal(first, memory.State["memory_normalizer"].item<float>());
    }

    [Fact]
    public void Should_Come_To_Remember_What_An_Image_Looks_Like()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var memory = new InstanceMemory(9, new InstanceMemoryOptions(Dimension: 4, Temperature: 0.1, Negatives: 0, Momentum: 0.5));
        var (x, rows) = (LossFixtures.Formula(3, 4, 0.3, type: ScalarType.Float32), tensor(PretextFixtures.Rows));
        for (var i = 0; i < 40; i++) memory.Loss(x, rows);
        Assert.Equal(0, (memory.State["memory"][rows] - nn.functional.normalize(x, p: 2, dim: 1)).abs().max().item<float>(), 1e-5);
    }

    [Fact]
    public void Should_Number_Images_Within_The_Training_Set()
    {
        // Every third image of the set is trained on: the memory has as many rows, and an epoch moves each.
        int[] positions = [.. TinyProblem.Positions.Where(p => p % 3 == 1)];
        using var objective = new Npid(
            new EncoderTraining(
                Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool").Create(3),
                _ => ViewSpec.Plain(16, PixelNormalization.Cifar10), positions.Length, 4),
            new NpidOptions());
        var before = objective.State["memory"].clone();
        var moved = new List<int>();
        using var trainer = new Trainer(
            objective, TinyProblem.ImageSet(), positions, TinyProblem.Options(steps: 2) with { BatchSize = positions.Length / 2 })
        {
            Progress = _ => moved.Add((int)before.ne(objective.State["memory"]).any(1).sum().item<long>()),
        };
        trainer.Run(TestContext.Current.CancellationToken);
        before.Dispose();
        Assert.Equal([positions.Length / 2, positions.Length / 2 * 2], moved);
    }

    [Fact]
    public void Should_End_In_The_Same_Bits_With_Noise_And_Accumulation() => Resuming.AssertSameBits(
        () => TinyPretraining.Objective(
            "npid", o => o with { Methods = o.Methods.With(new NpidOptions { Negatives = 16, Dimension = 8 }) }),
        _folder, accumulation: 2, TestContext.Current.CancellationToken);

    [Fact]
    public void Should_Keep_The_Memory_In_Checkpoints()
    {
        using var objective = TinyPretraining.Objective("npid");
        Assert.Equal(["memory", "memory_normalizer"], objective.State.Keys);
        Assert.Equal([TinyProblem.Images, 128], objective.State["memory"].shape);
        Assert.Equal(1, PretrainMethods.Get("npid").Views(new PretrainOptions()));
    }
}
