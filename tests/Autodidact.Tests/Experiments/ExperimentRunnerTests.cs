using Autodidact.Configuration;
using Autodidact.Experiments;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Tests.Experiments;

public sealed class ExperimentRunnerTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("autodidact-experiment-").FullName;
    private readonly List<(string Run, string[] Earlier)> _calls = [];
    private readonly Experiment _experiment;

    public ExperimentRunnerTests() => _experiment = SmallExperiment.In(_home);

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Should_Run_The_Grid_And_Offer_Each_Run_Those_Before_It_Of_The_Same_Seed()
    {
        Assert.Equal(4, Run().Count);
        var names = _experiment.Cells.Select(c => Path.GetFileName(c.Directory)).ToArray();
        Assert.Equal(names, _calls.Select(c => c.Run));
        Assert.Equal([[], [names[0]], [], [names[2]]], _calls.Select(c => c.Earlier));
        Assert.Equal(4, ResultsFile.Read(_experiment.ResultsPath, _experiment.File.Metrics).Count);
    }

    [Fact]
    public void Should_Run_Nothing_Twice()
    {
        Run();
        _calls.Clear();
        Assert.Equal(4, Run().Count);
        Assert.Empty(_calls);
    }

    [Fact]
    public void Should_Keep_Finished_Rows_When_Stopped_And_Go_On_With_The_Rest()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(after: () =>
        {
            if (_calls.Count == 2) stop.Cancel();
        }, stop: stop));
        Assert.Equal(2, ResultsFile.Read(_experiment.ResultsPath, _experiment.File.Metrics).Count);
        _calls.Clear();
        Run();
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public void Should_Finish_The_Other_Runs_When_Training_Fails_In_One()
    {
        var failed = Assert.Throws<AutodidactException>(
            () => Run(fails: cell => cell.Variant == "hot" && cell.Seed == 1 ? FailureKind.Training : null));
        Assert.Equal(FailureKind.Training, failed.Kind);
        Assert.Contains("1 of 4 runs failed, the first of them hot, seed 1", failed.Message, StringComparison.Ordinal);
        Assert.Equal(4, _calls.Count);
        Assert.Contains("| hot | 1 |", File.ReadAllText(_experiment.ReportPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Stop_At_What_No_Other_Run_Would_Get_Past()
    {
        var failed = Assert.Throws<AutodidactException>(() => Run(fails: _ => FailureKind.Data));
        Assert.Equal((FailureKind.Data, 1), (failed.Kind, _calls.Count));
        Assert.StartsWith("plain, seed 1: ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Report_Means_Paired_Differences_And_What_It_Cost()
    {
        Run();
        var report = File.ReadAllText(_experiment.ReportPath);

        // Linear accuracy 50, 52 and 53, 59 %: differences 3 and 7, whose mean is 5 ± 12.706 * 2.828 / 1.414.
        Assert.Contains("| plain | 2 | 51.00 ± 1.41 | baseline | | |", report, StringComparison.Ordinal);
        Assert.Contains("| hot | 2 | 56.00 ± 4.24 | +5.00 | -20.41 to +30.41 | 2 |", report, StringComparison.Ordinal);
        Assert.Contains("| plain, hot | 20 | 200 |", report, StringComparison.Ordinal);
        Assert.Contains("| hot | 0.0 | 250 |", report, StringComparison.Ordinal);
        Assert.Contains("20s (20 s)", report, StringComparison.Ordinal);
        Assert.Contains("commit abc", report, StringComparison.Ordinal);

        File.Delete(_experiment.ReportPath);
        ExperimentRunner.Report(_experiment);
        Assert.Equal(report, File.ReadAllText(_experiment.ReportPath));
    }

    [Fact]
    public void Should_Say_Which_Run_Computed_What_Is_Shared_And_Count_It_Once()
    {
        var cells = _experiment.Cells;
        var report = ExperimentReport.Markdown(
            _experiment, [SmallExperiment.Row(cells[0], 0.5), SmallExperiment.Row(cells[1], 0.6, encoderFrom: "plain-seed1-x")]);
        Assert.Contains("| hot, seed 1 | 10.0 | from plain-seed1-x | from plain-seed1-x | 10.0 | 10.0 |", report, StringComparison.Ordinal);
        Assert.Contains("(80 s)", report, StringComparison.Ordinal);
        Assert.Contains("| hot | 1 | 60.00 ± n/a | +10.00 | n/a | 1 |", report, StringComparison.Ordinal);
        Assert.Contains("| hot | 0 | n/a ± n/a | n/a | n/a | 0 |", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Not_Report_What_Was_Never_Run() =>
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => ExperimentRunner.Report(_experiment)).Kind);

    private IReadOnlyList<ResultRow> Run(
        Func<ExperimentCell, FailureKind?>? fails = null, Action? after = null, CancellationTokenSource? stop = null) =>
        ExperimentRunner.Run(
            _experiment,
            (request, earlier, _, _) =>
            {
                _calls.Add((Path.GetFileName(request.Out!), [.. earlier.Select(e => Path.GetFileName(e))]));
                var cell = _experiment.Cells.Single(c => c.Directory == request.Out);
                if (fails?.Invoke(cell) is { } kind) throw new AutodidactException(kind, "it does not work: do something");
                var linear = (cell.Variant, cell.Seed) switch { ("plain", 1) => 0.5, ("plain", _) => 0.52, (_, 1) => 0.53, _ => 0.59 };
                var result = SmallExperiment.Finish(request, linear);
                after?.Invoke();
                return result;
            },
            new Silent(),
            stop?.Token ?? TestContext.Current.CancellationToken);

    private sealed class Silent : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
        }
    }
}
