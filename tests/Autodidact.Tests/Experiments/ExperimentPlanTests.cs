using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

public class ExperimentPlanTests
{
    private static readonly string Home = Path.GetFullPath("home");

    [Fact]
    public void Should_Foresee_That_Variants_Of_One_Seed_Share_What_They_Set_Alike()
    {
        var experiment = SmallExperiment.In(Home);
        var runs = ExperimentPlan.Of(experiment, []).Runs;
        Assert.Equal([0, 2, 0, 2], runs.Select(r => r.From.Count));
        Assert.Equal(["pretrain", "cluster"], runs[1].From.Keys);
        Assert.All(runs[1].From.Values, from => Assert.Equal(experiment.Cells[0], from));
        Assert.All(runs[3].From.Values, from => Assert.Equal(experiment.Cells[2], from));
    }

    [Theory]
    [InlineData("cluster.k=5", "pretrain")]
    [InlineData("pretrain.epochs=4", "")]
    [InlineData("pretrain.optimizer.learning_rate=0.01", "")]
    [InlineData("data.holdout=0.2", "")]
    [InlineData("evaluate.knn.neighbors=5", "pretrain,cluster,distill")]
    [InlineData("budget=9m", "pretrain,cluster,distill")]
    public void Should_Foresee_Sharing_Up_To_The_First_Stage_That_Differs(string setting, string shared)
    {
        var experiment = SmallExperiment.In(
            Home, SmallExperiment.Text.Replace("distill.loss.temperature=7", setting, StringComparison.Ordinal));
        Assert.Equal(shared, string.Join(',', ExperimentPlan.Of(experiment, []).Runs[1].From.Keys));
    }

    [Fact]
    public void Should_Count_The_Budget_Where_It_Decides_How_Long_Pre_Training_Lasts()
    {
        var text = SmallExperiment.Text.Replace("pretrain.epochs=3", "pretrain.epochs=0", StringComparison.Ordinal);
        Assert.Empty(
            ExperimentPlan.Of(
                SmallExperiment.In(Home, text.Replace("distill.loss.temperature=7", "budget=9m", StringComparison.Ordinal)),
                []).Runs[1].From);
        Assert.Equal(2, ExperimentPlan.Of(SmallExperiment.In(Home, text), []).Runs[1].From.Count);
    }

    [Fact]
    public void Should_Estimate_From_Rows_Of_The_Same_Variant_And_Else_From_The_Budget_Or_Say_Unknown()
    {
        var experiment = SmallExperiment.In(Home);
        var cells = experiment.Cells;
        var plan = ExperimentPlan.Of(
            experiment,
            [SmallExperiment.Row(cells[0], 0.5, seconds: 10), SmallExperiment.Row(cells[1], 0.5, seconds: 20, encoderFrom: "plain")]);
        Assert.Equal([true, true, false, false], plan.Runs.Select(r => r.Finished));
        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60)], plan.Runs.Select(r => r.Estimate));
        Assert.Equal(TimeSpan.FromSeconds(110), plan.Known);
        Assert.Equal(0, plan.Unknown);

        Assert.Equal(4, ExperimentPlan.Of(experiment, []).Unknown);
        var budgeted = SmallExperiment.In(
            Home, SmallExperiment.Text.Replace("\"pretrain.epochs=3\", \"distill.epochs=2\"", "\"budget=5m\"", StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromMinutes(20), ExperimentPlan.Of(budgeted, []).Known);
    }

    [Fact]
    public void Should_Guess_From_Other_Variants_Of_As_Many_Epochs_And_Say_So()
    {
        var experiment = SmallExperiment.In(Home);
        var runs = ExperimentPlan.Of(experiment, [SmallExperiment.Row(experiment.Cells[0], 0.5, seconds: 10)]).Runs;
        Assert.Equal([0, 30, 50, 30], runs.Select(r => r.Estimate!.Value.TotalSeconds));
        Assert.Equal([false, true, false, true], runs.Select(r => r.Guessed));
    }

    [Theory]
    [InlineData("distill.epochs=5")]
    [InlineData("pretrain.epochs=5")]
    [InlineData("data.holdout=0.3")]
    public void Should_Not_Guess_From_What_Lasts_Otherwise(string setting)
    {
        var experiment = SmallExperiment.In(
            Home, SmallExperiment.Text.Replace("distill.loss.temperature=7", setting, StringComparison.Ordinal));
        var run = ExperimentPlan.Of(experiment, [SmallExperiment.Row(experiment.Cells[0], 0.5)]).Runs[1];
        Assert.Equal((null, false), (run.Estimate, run.Guessed));
    }

    [Fact]
    public void Should_Not_Count_Rows_Of_Other_Options_As_Finished()
    {
        var experiment = SmallExperiment.In(Home);
        var row = SmallExperiment.Row(experiment.Cells[0], 0.5);
        Assert.True(ExperimentPlan.Of(experiment, [row]).Runs[0].Finished);
        Assert.False(ExperimentPlan.Of(experiment, [row with { Configuration = "other" }]).Runs[0].Finished);
        Assert.False(ExperimentPlan.Of(experiment, [row with { Seed = 5 }]).Runs[0].Finished);
    }
}
