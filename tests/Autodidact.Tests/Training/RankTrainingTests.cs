using Autodidact.Distillation;
using Autodidact.Options;
using Autodidact.Pretraining;
using Autodidact.Ranks;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Pretraining;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

/// <summary>Training divided among ranks is training by one.</summary>
[Collection(nameof(AloneCollection))]
public sealed class RankTrainingTests
{
    private static readonly string[] Undivided = ["jigsaw", "context-prediction", "muse-style"];

    private static readonly string[] InBothTypes =
    [
        "simclr", "emp-ssl", "barlow-twins", "vicreg", "swav", "dino", "moco-v2", "deepcluster-v2", "npid", "sssd", "seed", "compress",
    ];

    public static TheoryData<string> Pretrain =>
        [.. PretrainMethods.All.Where(method => method.Trains).Select(method => method.Name).Except(Undivided)];

    public static TheoryData<string> Distill => [.. DistillMethods.All.Select(method => method.Name).Except(Undivided)];

    [Theory]
    [MemberData(nameof(Pretrain))]
    public void Should_Pretrain_As_One_Rank_Does(string method) => Compare(method, () => TinyPretraining.Objective(method));

    [Theory]
    [MemberData(nameof(Distill))]
    public void Should_Distill_As_One_Rank_Does(string method) => Compare(method, () => TinyDistillation.Objective(method));

    [Theory]
    [InlineData("simclr", "local_views.count=2")]
    [InlineData("swav", "swav.queue=16", "swav.queue_from=0")]
    [InlineData("npid", "npid.negatives=8")]
    [InlineData("moco-v2", "moco.norm_groups=1", "moco.symmetric=false")]
    public void Should_Pretrain_Otherwise_As_One_Rank_Does(string method, params string[] set) =>
        CompareVariant(() => TinyPretraining.Objective(method, options => With(options, set)));

    [Theory]
    [InlineData("sssd", "loss.targets=soft", "loss.clusterings=1")]
    [InlineData("sssd", "loss.targets=neighbours", "loss.confidence=1", "loss.neighbours=3", "loss.contrast=1")]
    [InlineData("sssd", "loss.anchors=16", "loss.hint_skips_deep=1", "loss.label_smoothing=0.1")]
    [InlineData("sssd", "loss.encoder_feature_form=direction", "loss.hint_adaptation=true", "loss.teacher=ensemble")]
    [InlineData("sssd", "loss.encoder_feature_form=relations", "loss.hint_form=norm")]
    [InlineData("sssd", "loss.encoder_feature_form=similarities", "loss.hint_form=sum-of-squares", "loss.classifiers_only=true")]
    [InlineData("sssd", "loss.only_exit=2", "loss.encoder_feature=0", "loss.targets=soft")]
    [InlineData("compress", "compress.queues=two")]
    [InlineData("alternating", "alternating.classifiers=centroids", "alternating.start=warm")]
    [InlineData("alternating", "alternating.classifiers=keep", "alternating.from_epoch=0")]
    public void Should_Distill_Otherwise_As_One_Rank_Does(string method, params string[] set) =>
        CompareVariant(() => TinyDistillation.Objective(method, options => With(options, set)));

    [Theory]
    [InlineData(OptimizerKind.Lars, 2)]
    [InlineData(OptimizerKind.AdamW, 1)]
    public void Should_Step_By_Norms_Of_The_Whole_Gradient(OptimizerKind kind, int accumulation) => Check(
        () => TinyPretraining.Objective("simclr"),
        ScalarType.Float64,
        [2],
        RankTraining.Options with
        {
            Optimizer = RankTraining.Options.Optimizer with { Kind = kind, Accumulation = accumulation, ClipNorm = 0.1 },
        });

    [Theory]
    [InlineData("jigsaw")]
    [InlineData("context-prediction")]
    [InlineData("muse-style")]
    public void Should_Refuse_What_Ranks_Cannot_Train(string method)
    {
        var error = Assert.Throws<AutodidactException>(() => Train(
            () => PretrainMethods.Find(method) is null ? TinyDistillation.Objective(method) : TinyPretraining.Objective(method),
            2,
            ScalarType.Float32,
            RankTraining.Options));
        Assert.Equal($"{method}: it is not divided among ranks, since its loss needs whole batches: use threads=1", error.Message);
        Assert.Equal(FailureKind.Usage, error.Kind);
    }

    private static T With<T>(T options, string[] set)
        where T : notnull =>
        set.Select(OptionAssignment.Parse).Aggregate(options, (all, one) => OptionBinder.Set(all, one.Name, one.Value));

    // In float32, methods that cluster or rank features may choose otherwise after a rounding: not all of them are compared in it.
    private static void Compare(string method, Func<IObjective> create)
    {
        ScalarType[] types = InBothTypes.Contains(method) ? [ScalarType.Float64, ScalarType.Float32] : [ScalarType.Float64];
        foreach (var type in types) Check(create, type, [2, 4], RankTraining.Options);
    }

    private static void CompareVariant(Func<IObjective> create) => Check(create, ScalarType.Float64, [4], RankTraining.Options);

    private static void Check(Func<IObjective> create, ScalarType type, int[] sizes, TrainerOptions options) =>
        RankTraining.InType(type, () =>
        {
            var one = Train(create, 1, type, options)[0];
            foreach (var size in sizes)
            {
                foreach (var rank in Train(create, size, type, options))
                {
                    Assert.Equal(one.Keys, rank.Keys);
                    foreach (var (name, values) in one)
                    {
                        var distance = RankTraining.Distance(values, rank[name]);
                        Assert.True(distance <= RankTraining.Tolerances[type], $"{name} by {size} ranks in {type}: {distance}");
                    }
                }
            }
        });

    private static SortedDictionary<string, double[]>[] Train(Func<IObjective> create, int size, ScalarType type, TrainerOptions options)
    {
        var objectives = Enumerable.Range(0, size).Select(_ => create()).ToArray();
        try
        {
            return size == 1
                ? [RankTraining.Run(objectives[0], RankGroup.Single, type, options)]
                : ThreadRanks.Run(size, ranks => RankTraining.Run(objectives[ranks.Rank], ranks, type, options));
        }
        finally
        {
            foreach (var objective in objectives) objective.Dispose();
        }
    }
}
