using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>Runs what is left of an experiment: a run after the other, each row on the disk before the next begins.</summary>
internal static class ExperimentRunner
{
    /// <summary>Runs the library's pipeline; a parameter so that tests need not train.</summary>
    internal delegate RunResult Pipeline(
        RunRequest request, IReadOnlyList<string> earlierRuns, IProgress<RunEvent> events, CancellationToken cancellationToken);

    /// <summary>Runs what is left, and writes the report.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="events">Told about progress, on the training thread.</param>
    /// <param name="cancellationToken">Stops after the running step; training saves a checkpoint first.</param>
    /// <returns>Every row of the grid.</returns>
    /// <exception cref="AutodidactException">
    /// Anything a user can act on. Where training fails in some runs (kind Training), the others are run first.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was done is saved.</exception>
    public static IReadOnlyList<ResultRow> Run(
        Experiment experiment, IProgress<RunEvent> events, CancellationToken cancellationToken = default) =>
        Run(
            experiment,
            (request, earlierRuns, told, stop) => RunPipeline.Run(request, null, earlierRuns, told.Report, only: null, stop),
            events,
            cancellationToken);

    /// <summary>Writes the report of the rows that are there. Nothing is run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <returns>Those rows of the table that are of the grid.</returns>
    /// <exception cref="AutodidactException">There is none yet, or the table cannot be read.</exception>
    public static IReadOnlyList<ResultRow> Report(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var rows = OfGrid(experiment, ResultsFile.Read(experiment.ResultsPath, experiment.File.Metrics));
        if (rows.Count == 0)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{experiment.ResultsPath} has no finished run of the experiment: run it first");
        }
        ExperimentReport.Write(experiment, rows);
        return rows;
    }

    internal static IReadOnlyList<ResultRow> Run(
        Experiment experiment, Pipeline pipeline, IProgress<RunEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(events);
        using var results = ResultsFile.Open(experiment.ResultsPath, experiment.File.Metrics);
        var failures = new List<(ExperimentCell Cell, AutodidactException Why)>();
        for (var i = 0; i < experiment.Cells.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cell = experiment.Cells[i];
            if (results.Rows.Any(r => ExperimentPlan.IsOf(r, cell))) continue;
            events.Report(new Notice($"run {i + 1} of {experiment.Cells.Count}: {cell.Name}"));
            try
            {
                string[] earlier = [.. experiment.Cells.Take(i).Where(c => c.Seed == cell.Seed).Select(c => c.Directory)];
                pipeline(cell.Request, earlier, events, cancellationToken);
            }
            catch (AutodidactException e) when (e.Kind == FailureKind.Training)
            {
                // One variant that diverges is a result too; the others do not wait for it.
                events.Report(new Notice($"{cell.Name} failed: {e.Message}"));
                failures.Add((cell, e));
                continue;
            }
            catch (AutodidactException e)
            {
                throw new AutodidactException(e.Kind, $"{cell.Name}: {e.Message}", e);
            }

            var row = ResultRow.Of(cell, experiment.Metrics);
            results.Append(row);
            var missing = experiment.Metrics.Where((_, m) => row.Metrics[m] is null).Select(metric => metric.Name).ToList();
            if (missing.Count > 0) events.Report(new Notice($"{cell.Name}: not measured: {string.Join(", ", missing)}"));
        }

        var rows = OfGrid(experiment, results.Rows);
        if (rows.Count > 0) ExperimentReport.Write(experiment, rows);
        return failures.Count == 0
            ? rows
            : throw new AutodidactException(
                FailureKind.Training,
                $"{failures.Count} of {Plural.Of(experiment.Cells.Count, "run")} failed, "
                + $"the first of them {failures[0].Cell.Name}: {failures[0].Why.Message}",
                failures[0].Why);
    }

    private static IReadOnlyList<ResultRow> OfGrid(Experiment experiment, IReadOnlyList<ResultRow> rows) =>
        [.. experiment.Cells.Select(cell => rows.FirstOrDefault(r => ExperimentPlan.IsOf(r, cell))).OfType<ResultRow>()];
}
