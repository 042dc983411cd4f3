using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Tests.Pipeline;

public class StageChangeTests
{
    [Theory]
    [InlineData(Stage.Cluster, "cluster.k", true)]
    [InlineData(Stage.Cluster, "distill.epochs", false)]
    [InlineData(Stage.Distill, "distill.loss.temperature", true)]
    [InlineData(Stage.Distill, "cluster.k", false)]
    [InlineData(Stage.Evaluate, "evaluate.knn.neighbors", true)]
    [InlineData(Stage.Evaluate, "data.evaluation", false)]
    [InlineData(Stage.Evaluate, "data.labels", false)]
    [InlineData(Stage.Evaluate, "data.source", false)]
    [InlineData(Stage.Pretrain, "pretrain.epochs", false)]
    [InlineData(Stage.Cluster, "seed", false)]
    public void Should_Let_A_Stage_Change_Only_What_It_Alone_Reads(Stage stage, string option, bool allowed) =>
        Assert.Equal(allowed, StageChange.Allows(stage, option));

    [Theory]
    [InlineData(Stage.Export, "runs/x: export can change only export.* of a run that exists, not threads: 0 -> 1: ")]
    [InlineData(
        Stage.Evaluate,
        "runs/x: evaluate can change only evaluate.*, data.evaluation and data.labels of a run that exists, not threads: 0 -> 1: ")]
    public void Should_Say_What_A_Stage_May_Change(Stage stage, string says)
    {
        var options = new RunOptions();
        var asked = options with { Threads = 1, Export = new() { Int8 = true }, Data = new() { Labels = "none" } };
        var differences = OptionBinder.Diff(options, asked).Where(d => d.Name == "threads" || StageChange.Allows(stage, d.Name));
        var refused = StageChange.Refused(stage, "runs/x", differences);
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.StartsWith(says, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("distill.epochs", "7", false, true)]
    [InlineData("distill.batch_size", "64", false, true)]
    [InlineData("distill.loss.temperature", "2", true, true)]
    [InlineData("data.evaluation", "elsewhere", true, false)]
    public void Should_Forget_The_Figures_The_Old_Options_Had_Fixed(string option, string value, bool keepsSteps, bool keepsEvaluationData)
    {
        var old = new RunOptions();
        var options = OptionBinder.Set(old, option, value);
        var request = new RunRequest { Set = [$"{option}={value}"] };
        var record = new RunRecord
        {
            Seed = 3,
            Options = OptionJson.ToJson(old),
            Steps = new Dictionary<string, long> { ["pretrain"] = 100, ["distill"] = 50 },
            Plans = new Dictionary<string, StagePlan> { ["pretrain"] = new(60, 0.5), ["distill"] = new(30, 0.5) },
            Data = new Dictionary<string, DataRecord> { ["train"] = new("a", "1", "p", 1), ["eval"] = new("a", "2", "p", 1) },
        };
        var changed = StageChange.Of(record, request, options, OptionBinder.Diff(old, options));
        Assert.Equal(value, OptionBinder.Get(changed.GetOptions<RunOptions>(), option));
        Assert.Equal(request.Set, changed.GetRequest<RunRequest>().Set);
        Assert.Equal((3ul, 100L), (changed.Seed, changed.Steps["pretrain"]));
        Assert.Equal(keepsSteps, changed.Steps.ContainsKey("distill"));
        Assert.True(changed.Plans.ContainsKey("pretrain"));
        Assert.Equal(!option.StartsWith("distill.", StringComparison.Ordinal), changed.Plans.ContainsKey("distill"));
        Assert.Equal(keepsEvaluationData, changed.Data.ContainsKey("eval"));
        Assert.True(changed.Data.ContainsKey("train"));
        Assert.Equal(50, record.Steps["distill"]);
    }
}
