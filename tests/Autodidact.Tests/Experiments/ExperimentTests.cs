using Autodidact.Distillation;
using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

public class ExperimentTests
{
    private static readonly string Home = Path.GetFullPath("home");

    [Fact]
    public void Should_Make_A_Grid_Seed_By_Seed()
    {
        var experiment = SmallExperiment.In(Home);
        Assert.Equal([("plain", 1ul), ("hot", 1ul), ("plain", 2ul), ("hot", 2ul)], experiment.Cells.Select(c => (c.Variant, c.Seed)));
        Assert.Equal(Path.Combine(Home, "weights"), experiment.Folder);
        var hot = experiment.Cells[1];
        Assert.Equal(
            (7.0, 3.0, 1ul),
            (hot.Options.Distill.Methods.Get<SelfDistillationOptions>().Temperature, hot.Options.Pretrain.Epochs, hot.Options.Seed));
        Assert.Equal(Path.Combine(Home, "pictures"), hot.Options.Data.Source);
        Assert.Equal(hot.Directory, hot.Request.Out);
        Assert.Equal(4, experiment.Cells.Select(c => c.Directory).Distinct().Count());
    }

    [Fact]
    public void Should_Give_A_Configuration_One_Hash_For_All_Seeds_And_Another_With_Other_Options()
    {
        var cells = SmallExperiment.In(Home).Cells;
        Assert.Equal(cells[0].Configuration, cells[2].Configuration);
        Assert.NotEqual(cells[0].Configuration, cells[1].Configuration);
        var changed =
            SmallExperiment.In(Home, SmallExperiment.Text.Replace("temperature=7", "temperature=8", StringComparison.Ordinal)).Cells;
        Assert.Equal(cells[0].Configuration, changed[0].Configuration);
        Assert.NotEqual(cells[1].Configuration, changed[1].Configuration);
        Assert.NotEqual(cells[1].Directory, changed[1].Directory);

        // A recipe beside its data is the same recipe in any folder, and other data is another.
        Assert.Equal(
            cells.Select(c => c.Configuration), SmallExperiment.In(Path.Combine(Home, "elsewhere")).Cells.Select(c => c.Configuration));
        Assert.NotEqual(
            cells[0].Configuration,
            SmallExperiment.In(
                Home, SmallExperiment.Text.Replace("pictures", "paintings", StringComparison.Ordinal)).Cells[0].Configuration);
    }

    [Theory]
    [InlineData("\"seeds\"", "\"sedes\"", "unknown field 'sedes'; did you mean seeds")]
    [InlineData("\"data\": \"pictures\"", "\"date\": \"pictures\"", "unknown field 'date'; did you mean data")]
    [InlineData("\"set\": [\"distill.loss.temperature=7\"]", "\"sets\": []", "unknown field 'sets'; did you mean set")]
    [InlineData("distill.loss.temperature=7", "distill.loss.temprature=7", "variant hot: unknown option 'distill.loss.temprature'")]
    [InlineData("distill.loss.temperature=7", "distill.loss.temperature=hot", "variant hot: option distill.loss.temperature: expected")]
    [InlineData("distill.loss.temperature=7", "seed=3", "seeds")]
    [InlineData("\"hot\"", "\"plain\"", "variant 'plain' is there 2 times")]
    [InlineData("\"hot\"", "\"PLAIN\"", "variant 'plain' is there 2 times")]
    [InlineData("\"hot\"", "\"../hot\"", "use letters")]
    [InlineData("[1, 2]", "[1, 1]", "seed '1' is there 2 times")]
    [InlineData("[1, 2]", "[]", "one entry each")]
    [InlineData("[1, 2]", "[-1]", "seeds[0]: ")]
    [InlineData("[1, 2]", "null", "not an experiment")]
    [InlineData("\"baseline\": \"plain\"", "\"baseline\": \"plane\"", "baseline 'plane' is no variant; did you mean plain")]
    [InlineData("exits.2.linear", "exits.2.liner", "no figure 'liner' there; did you mean linear")]
    [InlineData("exits.2.linear", "exits.9.macs", "metric 'exits.9.macs': the student has 4 exits: name one from 1 to 4, or ensemble")]
    [InlineData("exits.2.linear", "pretrain.linear - exits.5.linear", "the student has 4 exits")]
    [InlineData(
        "\"pictures\"", "\"pictures\", \"labels\": \"none\"", "metric 'exits.2.linear': data.labels=none leaves no labels to score by")]
    [InlineData("exits.2.linear", "exit.2.linear", "metric 'exit.2.linear'")]
    [InlineData("\"exits.2.linear\", ", "\"ensemble.knn\", ", "metric 'ensemble.knn' is there 2 times")]
    [InlineData("\"data\": \"pictures\"", "\"seed\": 3", "the experiment's own")]
    [InlineData("\"distill.loss.temperature=7\"", "", "plain and hot have the same options")]
    [InlineData("\"baseline\": \"plain\",", "", "baseline missing")]
    [InlineData("\"seeds\": [1, 2],", "\"seeds\": [1, 2], \"seeds\": [1],", "not an experiment")]
    [InlineData("\"name\": \"weights\",", "\"name\": \"weights\"", "not an experiment")]
    public void Should_Refuse_A_Mistake_In_One_Line_Before_Anything_Runs(string part, string replacement, string message)
    {
        Assert.Contains(part, SmallExperiment.Text, StringComparison.Ordinal);
        var refused = Assert.Throws<AutodidactException>(
            () => SmallExperiment.In(Home, SmallExperiment.Text.Replace(part, replacement, StringComparison.Ordinal)));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.StartsWith("e.json", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.DoesNotContain("Autodidact.Experiments", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "\"against\": \"plain\", \"against_metric\"",
        "\"against\": \"plane\", \"against_metric\"",
        "comparison 'deep | hot': 'plane' is no variant; did you mean plain")]
    [InlineData("\"variant\": \"top\"", "\"variant\": \"stop\"", "comparison 'bound': 'stop' is no variant; did you mean top")]
    [InlineData(
        "\"against_metric\": \"exits.2.linear\"",
        "\"against_metric\": \"exits.3.linear\"",
        "'exits.3.linear' is not among the metrics; did you mean")]
    [InlineData(
        "\"hot\", \"metric\": \"exits.2.linear\"",
        "\"hot\", \"metric\": \"cluster.nmi\"",
        "'cluster.nmi' is not among the metrics: add it there")]
    [InlineData("\"against_metric\": \"exits.2.linear\"", "\"against_metric\": \"exits.2.macs\"", "compare figures of one kind")]
    [InlineData("\"variant\": \"top\"", "\"variant\": \"plain\"", "plain is compared with itself")]
    [InlineData("\"against_metric\"", "\"against_metrics\"", "comparisons: unknown field 'against_metrics'; did you mean against_metric")]
    [InlineData("\"variant\": \"top\", ", "", "comparisons: variant missing")]
    [InlineData("\"name\": \"bound\"", "\"name\": \"shallow\"", "comparison 'shallow' is there 2 times")]
    [InlineData("\"name\": \"bound\"", "\"name\": \" \"", "a name is one line of 1 to 100 characters")]
    [InlineData("\"name\": \"bound\"", "\"name\": \"a\\nb\"", "comparison 'a b': a name is one line")]
    [InlineData("\"comparisons\": [", "\"comparisons\": [ null,", "comparisons: null stands where a value is needed")]
    [InlineData("\"comparisons\": [", "\"comparisons\": [ 3,", "not an experiment")]
    [InlineData("exits.2.linear - exits.1.linear", "exits.2.linear - exits.1.liner", "no figure 'liner' there; did you mean linear")]
    public void Should_Refuse_A_Comparison_That_Cannot_Be_Made(string part, string replacement, string message)
    {
        Assert.Contains(part, ExitExperiment.Text, StringComparison.Ordinal);
        var refused = Assert.Throws<AutodidactException>(
            () => ExitExperiment.In(Home, ExitExperiment.Text.Replace(part, replacement, StringComparison.Ordinal)));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.StartsWith("e.json", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Should_Say_That_There_Is_No_Such_File() =>
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => Experiment.Load(Path.Combine(Home, "none.json"))).Kind);

    /// <summary>Where one exit alone is trained, only its scores are measured. Costs are those of every exit.</summary>
    [Theory]
    [InlineData(
        "exits.2.linear", "1", "metric 'exits.2.linear': exit 1 alone is trained, and only its scores are measured: name exits.1.linear")]
    [InlineData("ensemble.knn", "-1", "exit 4 alone is trained")]
    [InlineData("exits.4.linear", "-1", null)]
    [InlineData("exits.mean.linear", "1", null)]
    [InlineData("exits.2.macs", "1", null)]
    public void Should_Refuse_A_Score_Of_An_Exit_That_No_Variant_Trains(string metric, string only, string? says)
    {
        var text = SmallExperiment.Text
            .Replace("\"distill.epochs=2\"", $"\"distill.epochs=2\", \"distill.loss.only_exit={only}\"", StringComparison.Ordinal)
            .Replace("distill.loss.temperature=7", "distill.loss.label_smoothing=0.1", StringComparison.Ordinal)
            .Replace("\"exits.2.linear\", \"ensemble.knn\", \"cluster.inertia\"", $"\"{metric}\"", StringComparison.Ordinal);
        if (says is null) Assert.Equal(metric, SmallExperiment.In(Home, text).Metrics.Single().Name);
        else
        {
            Assert.Contains(
                says, Assert.Throws<AutodidactException>(() => SmallExperiment.In(Home, text)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A metric that one variant can measure is a metric of the experiment.</summary>
    [Fact]
    public void Should_Take_A_Metric_That_One_Variant_Has() =>
        Assert.Equal(3, SmallExperiment.In(
            Home,
            SmallExperiment.Text.Replace(
                "distill.loss.temperature=7", "distill.loss.only_exit=1", StringComparison.Ordinal)).Metrics.Count);
}
