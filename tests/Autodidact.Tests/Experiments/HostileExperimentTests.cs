using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

/// <summary>The file of an experiment that somebody edited is taken, or refused in one line, within a moment.</summary>
public sealed class HostileExperimentTests
{
    private const string Text =
        """
        {
          "name": "weights",
          "out": "results",
          "base": { "data": "pictures", "clusters": 50, "set": ["pretrain.epochs=3", "distill.epochs=2"] },
          "variants": [ { "name": "plain" }, { "name": "hot", "set": ["distill.loss.temperature=7"] } ],
          "seeds": [1, 2],
          "baseline": "plain",
          "comparisons": [ { "name": "c", "variant": "hot", "metric": "exits.2.linear", "against": "plain" } ],
          "metrics": ["exits.2.linear", "ensemble.knn", "cluster.inertia"]
        }
        """;

    [Fact]
    public void Should_Take_Or_Refuse_Every_Edited_File()
    {
        var (taken, refused) = EditedJson.Check(
            EditedJson.Of(Text, each: 5), json => ExperimentPlan.Of(SmallExperiment.In(Path.GetTempPath(), json), []));
        Assert.InRange(taken, 5, int.MaxValue);
        Assert.InRange(refused, 100, int.MaxValue);
    }

    [Theory]
    [InlineData("\"set\": [\"distill.loss.temperature=7\"]", "\"set\": [null]", "variants[1].set[0]: null stands where a value is needed")]
    [InlineData("[1, 2]", "[1, null]", "seeds[1]: the value is of another kind than expected there")]
    [InlineData("\"out\": \"results\"", "\"out\": \"a\\u0000b\"", "out")]
    [InlineData("\"out\": \"results\"", "\"out\": \"\"", "out")]
    public void Should_Name_The_Place(string part, string edited, string expected)
    {
        var failure = Assert.Throws<AutodidactException>(
            () => SmallExperiment.In(Path.GetTempPath(), Text.Replace(part, edited, StringComparison.Ordinal)));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_More_Runs_Than_A_Plan_Can_Hold()
    {
        var seeds = string.Join(',', Enumerable.Range(0, 100_000));
        var failure = Assert.Throws<AutodidactException>(
            () => SmallExperiment.In(Path.GetTempPath(), Text.Replace("[1, 2]", $"[{seeds}]", StringComparison.Ordinal)));
        Assert.Contains(
            "2 variants over 100,000 seeds are 200,000 runs, and 2,000 is the most", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Plan_As_Many_Runs_As_There_May_Be()
    {
        var seeds = string.Join(',', Enumerable.Range(0, 1_000));
        var experiment = SmallExperiment.In(Path.GetTempPath(), Text.Replace("[1, 2]", $"[{seeds}]", StringComparison.Ordinal));
        Assert.Equal(2_000, ExperimentPlan.Of(experiment, []).Runs.Count);
        Assert.All(experiment.Cells, cell => Assert.Equal(cell.Seed, cell.Options.Seed));
        Assert.Equal($"seed={experiment.Cells[^1].Seed}", experiment.Cells[^1].Request.Set[^1]);
        Assert.Equal(2_000, experiment.Cells.Select(cell => cell.Directory).Distinct().Count());
    }

    /// <summary>Tables and estimates are made of the figures.</summary>
    [Theory]
    [InlineData("NaN")]
    [InlineData("1e300")]
    [InlineData("-Infinity")]
    [InlineData("\u001b[2J")]
    public void Should_Refuse_A_Row_Whose_Figures_Cannot_Be(string figure)
    {
        var experiment = SmallExperiment.In(Path.GetTempPath());
        string[] fields = [.. SmallExperiment.Row(experiment.Cells[0], 0.5).ToFields()];
        var metrics = experiment.Metrics.Count;
        Assert.Equal(0.5, ResultRow.FromFields(fields, metrics).Metrics[0]);
        foreach (var place in new[] { 2, 2 + metrics, 5 + metrics })
        {
            var edited = fields.ToArray();
            edited[place] = figure;
            Assert.Throws<FormatException>(() => ResultRow.FromFields(edited, metrics));
        }
    }

    [Fact]
    public void Should_Refuse_A_File_Of_Millions_Of_Values()
    {
        var seeds = string.Join(',', Enumerable.Repeat("1", 2_000_000));
        var failure = Assert.Throws<AutodidactException>(
            () => SmallExperiment.In(Path.GetTempPath(), Text.Replace("[1, 2]", $"[{seeds}]", StringComparison.Ordinal)));
        Assert.Contains("longer than 1 million characters", failure.Message, StringComparison.Ordinal);
    }
}
