using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Tests.Pipeline;

public class RunBudgetTests
{
    /// <summary>A share of 100 s was given to 40 steps of a second each, as they were timed.</summary>
    private static RunRecord Trained(double seconds) => new()
    {
        Seed = 1,
        Options = OptionJson.ToJson(new RunOptions()),
        Steps = new Dictionary<string, long> { ["pretrain"] = 40, ["distill"] = 5 },
        Plans = new Dictionary<string, StagePlan> { ["pretrain"] = new(100, 1) },
        Seconds = new Dictionary<string, double> { ["prepare"] = 7, ["pretrain"] = seconds },
    };

    [Fact]
    public void Should_Give_The_Seconds_That_Are_Left_And_Count_Those_That_Were_Used()
    {
        var longer = RunBudget.Extended(Trained(10), "pretrain", 0.25)!;
        Assert.Equal((360, 5), (longer.Steps["pretrain"], longer.Steps["distill"]));
        Assert.Equal(new StagePlan(90, 0.25), longer.Plans["pretrain"]);
        Assert.Equal(17, longer.Seconds["prepare"]);
        Assert.False(longer.Seconds.ContainsKey("pretrain"));
    }

    [Theory]
    [InlineData(10, 0.5)]
    [InlineData(51, 0.4)]
    public void Should_Keep_A_Plan_That_Was_Right_By_Half(double seconds, double secondsPerStep) =>
        Assert.Null(RunBudget.Extended(Trained(seconds), "pretrain", secondsPerStep));

    [Fact]
    public void Should_Keep_Steps_That_No_Budget_Gave() => Assert.Null(RunBudget.Extended(Trained(1), "distill", 0));

    [Fact]
    public void Should_Give_No_More_Steps_Than_A_Stage_May_Take()
    {
        var longer = RunBudget.Extended(Trained(1e-7), "pretrain", 0.25)!;
        Assert.Equal(RunRecord.MostSteps, longer.Steps["pretrain"]);
        Assert.Null(longer.Problem());
    }

    [Fact]
    public void Should_Keep_A_Plan_Where_The_Record_Tells_Of_No_Time_Or_No_Steps()
    {
        Assert.Null(RunBudget.Extended(Trained(0), "pretrain", 0.25));
        Assert.Null(RunBudget.Extended(Trained(10) with { Seconds = new Dictionary<string, double>() }, "pretrain", 0.25));
        Assert.Null(RunBudget.Extended(Trained(10) with { Steps = new Dictionary<string, long>() }, "pretrain", 0.25));
    }

    [Fact]
    public void Should_Not_Train_Anew_For_A_Few_Seconds()
    {
        var record = Trained(1);
        record = record with { Plans = new Dictionary<string, StagePlan> { ["pretrain"] = new(10.5, 1) } };
        Assert.Null(RunBudget.Extended(record, "pretrain", 0.1));
    }
}
