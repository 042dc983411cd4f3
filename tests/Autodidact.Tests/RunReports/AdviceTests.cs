using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Tests.RunReports;

/// <summary>Every rule speaks where it should, and is silent on a healthy run.</summary>
public class AdviceTests
{
    private static readonly AdviceInput Healthy = new(
        new Summary
        {
            Data = new DataSummary { PretrainImages = 50_000, TrainImages = 50_000, Skipped = 3, Duplicates = 10 },
            RawPixels = new RepresentationScores { Knn = 0.35 },
            Untrained = new RepresentationScores { Knn = 0.3, Linear = 0.4 },
            Pretrain = new PretrainSummary { Scores = new() { Knn = 0.7, Linear = 0.75 } },
            Exits = [Exit("1", 0.73, 0.8), Exit("2", 0.74, 0.9), Exit("3", 0.75, 1), Exit(ExitSummary.Ensemble, 0.1, 0.1)],
        },
        [.. Losses(i => Math.Exp(-i / 10.0)), Monitor("deviation", 0.6), Monitor("effective_rank", 80)],
        Clusters(10, i => i % 10),
        Trains: true);

    private static readonly Dictionary<string, AdviceInput> Sick = new()
    {
        { "Only 900 images", Told(s => s with { Data = s.Data! with { PretrainImages = 900 } }) },
        { "600 images were left out", Told(s => s with { Data = s.Data! with { Skipped = 600 } }) },
        { "1,100 images equal", Told(s => s with { Data = s.Data! with { Duplicates = 1_100 } }) },
        { "hardly differ", Healthy with { Metrics = [Monitor("deviation", 0.7), Monitor("deviation", 0.1)] } },
        { "about 3 directions", Healthy with { Metrics = [Monitor("effective_rank", 3.2)] } },
        { "no better than raw pixels", Told(s => s with { Pretrain = Learned(new() { Knn = 0.355 }) }) },
        { "no better than an untrained one", Told(s => s with { Pretrain = Learned(new() { Linear = 0.39 }), Exits = null }) },
        { "still falling", Healthy with { Metrics = [.. Losses(i => 100 - i)] } },
        { "2 of 10 clusters hold less", Healthy with { Clusters = Clusters(10, i => i < 984 ? i % 8 : 8 + (i % 2)) } },
        { "One cluster holds 30.0%", Healthy with { Clusters = Clusters(10, i => i < 300 ? 0 : 1 + (i % 9)) } },
        { "does not reach the encoder", Told(s => s with { Pretrain = Learned(new() { Knn = 0.7, Linear = 0.78 }) }) },
        { "is worse than exit 1", Told(s => s with { Exits = [Exit("1", 0.8, 0.8), Exit("2", 0.75, 1)] }) },
        { "only 40.0% of held-out images", Told(s => s with { Exits = [Exit("1", 0.7, 0.4), Exit("2", 0.75, 1)] }) },
    };

    public static TheoryData<string> Findings => [.. Sick.Keys];

    [Fact]
    public void Should_Say_Nothing_Of_A_Healthy_Run() => Assert.Empty(AdviceRules.For(Healthy));

    [Fact]
    public void Should_Say_Nothing_Of_What_Was_Not_Measured() =>
        Assert.Empty(AdviceRules.For(new AdviceInput(new Summary(), [], null, Trains: true)));

    [Theory]
    [MemberData(nameof(Findings))]
    public void Should_Say_What_Is_Wrong_And_What_To_Try(string finding)
    {
        var said = Assert.Single(AdviceRules.For(Sick[finding]), a => a.Finding.Contains(finding, StringComparison.Ordinal));
        Assert.NotEmpty(said.Remedy);
    }

    [Fact]
    public void Should_Have_A_Case_For_Every_Rule() => Assert.Equal(AdviceRules.Count, Sick.Count);

    [Fact]
    public void Should_Not_Blame_An_Encoder_It_Did_Not_Train_For_Few_Images() =>
        Assert.Empty(
            AdviceRules.For(
                Healthy with
                {
                    Trains = false,
                    Summary = Healthy.Summary with { Data = Healthy.Summary.Data! with { PretrainImages = 900 } },
                }));

    private static ExitSummary Exit(string name, double linear, double agreement) =>
        new() { Exit = name, Scores = new() { Linear = linear, Agreement = agreement } };

    private static MetricsEntry Monitor(string name, double value) =>
        new() { Stage = "pretrain", Step = 1, Metrics = new Dictionary<string, double> { [name] = value } };

    private static IEnumerable<MetricsEntry> Losses(Func<int, double> loss) =>
        Enumerable.Range(0, 100).Select(i => new MetricsEntry { Stage = "pretrain", Step = i + 1, Loss = loss(i) });

    private static ClusterFacts Clusters(int count, Func<int, int> cluster) => new(
        count, [.. Enumerable.Range(0, 1000).Select(cluster)], new float[1000], new float[1000]);

    private static AdviceInput Told(Func<Summary, Summary> change) => Healthy with { Summary = change(Healthy.Summary) };

    private static PretrainSummary Learned(RepresentationScores scores) => new() { Scores = scores };
}
