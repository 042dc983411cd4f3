using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>One run of the plan.</summary>
/// <param name="Cell">The run.</param>
/// <param name="Finished">Whether its row is there.</param>
/// <param name="From">For each stage that an earlier run of the grid will have computed, that run, by the stage's name.</param>
/// <param name="Estimate">Time that it will take; null where that is not known. Zero for a finished run.</param>
/// <param name="Guessed">Whether the estimate takes a stage's time from other variants.</param>
internal sealed record PlannedRun(
    ExperimentCell Cell, bool Finished, IReadOnlyDictionary<string, ExperimentCell> From, TimeSpan? Estimate, bool Guessed = false);

/// <summary>
/// The runs of an experiment, foreseen from its options alone. The fingerprints of the stages decide what they really share, once
/// the images are packed.
/// </summary>
/// <param name="Runs">Every run of the grid, in order.</param>
internal sealed record ExperimentPlan(IReadOnlyList<PlannedRun> Runs)
{
    /// <summary>Time of the runs whose time is known.</summary>
    public TimeSpan Known => new(Runs.Sum(r => r.Estimate?.Ticks ?? 0));

    /// <summary>Number of runs whose time is not known.</summary>
    public int Unknown => Runs.Count(r => r.Estimate is null);

    /// <summary>Plans an experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="rows">Rows that are there.</param>
    public static ExperimentPlan Of(Experiment experiment, IReadOnlyList<ResultRow> rows)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var first = new Dictionary<(string Key, ulong Seed), ExperimentCell>();

        // Runs of one variant differ in their seeds alone, and there may be a thousand of them.
        var keys = experiment.Cells.DistinctBy(cell => cell.Variant)
            .ToDictionary(cell => cell.Variant, cell => Keys(cell.Options).ToList());
        var done = rows.Select(row => (row.Variant, row.Seed, row.Configuration)).ToHashSet();
        var runs = new List<PlannedRun>();
        foreach (var cell in experiment.Cells)
        {
            var from = new Dictionary<string, ExperimentCell>();
            foreach (var (stage, key) in keys[cell.Variant])
            {
                if (first.TryGetValue((key, cell.Seed), out var earlier)) from[stage] = earlier;
                else first[(key, cell.Seed)] = cell;
            }

            var finished = done.Contains((cell.Variant, cell.Seed, cell.Configuration));
            var (estimate, guessed) = finished ? (TimeSpan.Zero, false) : Estimate(experiment, cell, from.Keys, rows);
            runs.Add(new PlannedRun(cell, finished, from, estimate, guessed));
        }

        return new ExperimentPlan(runs);
    }

    /// <summary>Whether a row is that of a run of the grid, with the options it has now.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cell">The run.</param>
    public static bool IsOf(ResultRow row, ExperimentCell cell)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(cell);
        return row.Variant == cell.Variant && row.Seed == cell.Seed && row.Configuration == cell.Configuration;
    }

    /// <summary>For each stage, a key that two runs of one seed have in common where they will compute the same.</summary>
    private static IEnumerable<(string Stage, string Key)> Keys(RunOptions options)
    {
        // A budget decides the length of pre-training, so it is part of what pre-training is given.
        var budget = options.Pretrain is { Trains: true, Epochs: 0 } ? options.Budget : TimeSpan.Zero;
        var key = Digest(
            "",
            new RunOptions
            {
                Threads = options.Threads,
                Precision = options.Precision,
                Budget = budget,
                Data = options.Data with { Evaluation = null },
                Pretrain = options.Pretrain,
            });
        yield return (ResultRow.SharedStages[0], key);
        key = Digest(key, new RunOptions { Cluster = options.Cluster });
        yield return (ResultRow.SharedStages[1], key);

        // Where a budget decides the length of distillation, it is measured for each run.
        if (options.Distill.Epochs > 0) yield return (ResultRow.SharedStages[2], Digest(key, new RunOptions { Distill = options.Distill }));
    }

    private static string Digest(string upstream, RunOptions options) =>
        StageFingerprint.Of([upstream, .. OptionBinder.Diff(new RunOptions(), options).Select(d => $"{d.Name}={d.New}")]);

    /// <summary>
    /// Stage by stage from what the same variant took, else the budget, which is the time of a whole run, else from what other variants
    /// took for as many epochs of the same data.
    /// </summary>
    private static (TimeSpan? Estimate, bool Guessed) Estimate(
        Experiment experiment, ExperimentCell cell, IEnumerable<string> shared, IReadOnlyList<ResultRow> rows)
    {
        var left = ResultRow.Stages.Except(shared).ToList();
        var own = rows.Where(r => r.Variant == cell.Variant && r.Configuration == cell.Configuration).ToList();
        var measured = left.Select(stage => Mean(own, stage)).ToList();
        if (measured.All(m => m is not null)) return (TimeSpan.FromSeconds(measured.Sum()!.Value), false);
        if (cell.Options.Distill.Epochs == 0 || cell.Options.Pretrain is { Trains: true, Epochs: 0 }) return (cell.Options.Budget, false);
        var guesses = left.Select((stage, s) => measured[s] ?? Mean([.. rows.Where(row => IsLike(row, stage))], stage)).ToList();
        return guesses.All(g => g is not null) ? (TimeSpan.FromSeconds(guesses.Sum()!.Value), true) : (null, false);

        bool IsLike(ResultRow row, string stage) => experiment.Cells.Any(c => IsOf(row, c) && Alike(c.Options, cell.Options, stage));
    }

    /// <summary>Mean seconds of a stage over the rows that computed it; null if none did.</summary>
    private static double? Mean(IReadOnlyList<ResultRow> rows, string stage) =>
        Sample.Of(rows.Where(r => !r.From.ContainsKey(stage) && r.Seconds.ContainsKey(stage)).Select(r => r.Seconds[stage])).Mean;

    private static bool Alike(RunOptions one, RunOptions other, string stage) =>
        one.Data == other.Data
        && (stage != ResultRow.SharedStages[0]
            || (one.Pretrain.Trains == other.Pretrain.Trains && one.Pretrain.Epochs == other.Pretrain.Epochs))
        && (stage != ResultRow.SharedStages[2] || one.Distill.Epochs == other.Distill.Epochs);
}
