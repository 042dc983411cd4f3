using Autodidact.Models;
using Autodidact.Ranks;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Pretraining;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

/// <summary>Training divided among ranks is training by one.</summary>
[Collection(nameof(AloneCollection))]
public sealed class RankTrainingTests
{
    // Small steps: in float32, large ones from random weights multiply what rounding began.
    private static readonly TrainerOptions Options = TinyProblem.Options(steps: 5) with
    {
        BatchSize = 16,
        Optimizer = TinyProblem.Options().Optimizer with { LearningRate = 0.002 },
    };

    public static TheoryData<string> Pretrain =>
        ["simclr", "emp-ssl", "barlow-twins", "vicreg", "swav", "dino", "moco-v2", "deepcluster-v2", "npid", "byol", "simsiam", "rotnet"];

    public static TheoryData<string> Distill =>
        ["sssd", "seed", "compress", "kd", "fitnets", "s2sd", "snapshot", "data-distortion", "alternating"];

    [Theory]
    [MemberData(nameof(Pretrain))]
    public void Should_Pretrain_As_One_Rank_Does(string method) => Compare(() => TinyPretraining.Objective(method));

    [Theory]
    [MemberData(nameof(Distill))]
    public void Should_Distill_As_One_Rank_Does(string method) => Compare(() => TinyDistillation.Objective(method));

    private static void Compare(Func<IObjective> create)
    {
        Check(create, ScalarType.Float32, 1e-4);
        set_default_dtype(ScalarType.Float64);
        try
        {
            Check(create, ScalarType.Float64, 1e-10);
        }
        finally
        {
            set_default_dtype(ScalarType.Float32);
        }
    }

    private static void Check(Func<IObjective> create, ScalarType type, double tolerance)
    {
        var one = Train(create, 1, type)[0];
        foreach (var size in new[] { 2, 4 })
        {
            var ranks = Train(create, size, type);
            foreach (var rank in ranks)
            {
                foreach (var (name, values) in one)
                {
                    var distance = Distance(values, rank[name]);
                    Assert.True(distance <= tolerance, $"{name} by {size} ranks in {type}: {distance}");
                }
            }
        }
    }

    private static double Distance(double[] one, double[] other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max();

    private static Dictionary<string, double[]>[] Train(Func<IObjective> create, int size, ScalarType type)
    {
        var objectives = Enumerable.Range(0, size).Select(_ => create()).ToArray();
        foreach (var objective in objectives) objective.Network.to(type);
        try
        {
            return size == 1 ? [Run(objectives[0], RankGroup.Single)] : ThreadRanks.Run(size, ranks => Run(objectives[ranks.Rank], ranks));
        }
        finally
        {
            foreach (var objective in objectives) objective.Dispose();
        }

        Dictionary<string, double[]> Run(IObjective objective, RankGroup ranks)
        {
            using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, Options)
            {
                Ranks = ranks,
                ViewType = type,
                Features = model => TinyDistillation.Features(view => model(view.to(type)).to(ScalarType.Float32)),
            };
            trainer.Run();
            using var scope = NewDisposeScope();
            return objective.Network.NamedState()
                .Concat(objective.State)
                .ToDictionary(s => s.Key, s => s.Value.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray());
        }
    }
}
