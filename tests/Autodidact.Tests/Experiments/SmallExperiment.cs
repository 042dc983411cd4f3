using System.Globalization;
using Autodidact.Configuration;
using Autodidact.Experiments;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Tests.Experiments;

/// <summary>An experiment of two variants that differ in distillation, over two seeds.</summary>
internal static class SmallExperiment
{
    public const string Text =
        """
        {
          "name": "weights",
          "base": { "data": "pictures", "set": ["pretrain.epochs=3", "distill.epochs=2"] },
          "variants": [ { "name": "plain" }, { "name": "hot", "set": ["distill.loss.temperature=7"] } ],
          "seeds": [1, 2],
          "baseline": "plain",
          "metrics": ["exits.2.linear", "ensemble.knn", "cluster.inertia"]
        }
        """;

    public static Experiment In(string home, string text = Text) => Experiment.Create(ExperimentFile.Parse(text, "e.json"), home, "e.json");

    public static ResultRow Row(ExperimentCell cell, double linear, double seconds = 10, string? encoderFrom = null) => new()
    {
        Variant = cell.Variant,
        Seed = cell.Seed,
        Configuration = cell.Configuration,
        Metrics = [linear, null, 1234.5],
        Parameters = 1000,
        Macs = 2_000_000,
        Seconds = ResultRow.Stages.ToDictionary(s => s, s => encoderFrom is not null && s is "pretrain" or "cluster" ? 0 : seconds),
        From = encoderFrom is null
            ? new Dictionary<string, string>()
            : new Dictionary<string, string> { ["pretrain"] = encoderFrom, ["cluster"] = encoderFrom },
        Commit = "abc",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Hardware = "some \"processor\", 2 threads",
    };

    /// <summary>Writes the files of a finished run without running it.</summary>
    public static RunResult Finish(RunRequest request, double linear)
    {
        using var run = RunDirectory.Acquire(request.Out!);
        var seed = ulong.Parse(request.ValueOf("seed")!, CultureInfo.InvariantCulture);
        run.Write(new RunRecord { Seed = seed, Seconds = new Dictionary<string, double> { ["pretrain"] = 5 }, Commit = "abc" });
        var summary = new Summary
        {
            Exits =
            [
                new() { Exit = "1", Scores = new() { Linear = linear - 0.1 }, Parameters = 10, Macs = 100 },
                new() { Exit = "2", Scores = new() { Linear = linear }, Parameters = 20, Macs = 200 },
                new() { Exit = ExitSummary.Ensemble, Scores = new() { Knn = linear / 2 }, Parameters = 30, Macs = 300 },
            ],
            Cluster = new() { Inertia = 5 },
            Data = new() { TrainImages = 100 },
            Distill = new() { Epochs = 2.5 },
        };
        summary.Save(run.Paths.Summary);
        return new RunResult(request.Out!, summary, false);
    }
}
