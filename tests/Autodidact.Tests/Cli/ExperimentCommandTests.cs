using System.Text.Json;
using Autodidact.Cli;
using Autodidact.Cli.Startup;
using Autodidact.Experiments;
using Autodidact.Options;
using Autodidact.Runs;
using Autodidact.Tests.Experiments;

namespace Autodidact.Tests.Cli;

/// <summary><c>experiment</c> without training, and <c>compare</c>.</summary>
public sealed class ExperimentCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("autodidact-cli-").FullName;
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    private string FilePath => Path.Combine(_root, "e.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Should_Say_What_Would_Run_And_Leave_Nothing_Behind()
    {
        File.WriteAllText(FilePath, SmallExperiment.Text);
        Assert.Equal(0, Run("experiment", FilePath, "--dry-run"));
        Assert.Contains("plain, seed 1  runs, time unknown\n", _out.ToString());
        Assert.Contains("hot, seed 2    runs, time unknown; shares pretrain with plain, cluster with plain\n", _out.ToString());
        Assert.Contains("4 of 4 runs to do: time unknown", _out.ToString());
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void Should_Plan_And_Report_From_The_Rows_That_Are_There()
    {
        File.WriteAllText(FilePath, SmallExperiment.Text);
        var experiment = Experiment.Load(FilePath);
        using (var file = ResultsFile.Open(experiment.ResultsPath, experiment.File.Metrics)) file.Append(
            SmallExperiment.Row(experiment.Cells[0], 0.5));
        Assert.Equal(0, Run("experiment", FilePath, "--dry-run"));
        Assert.Contains("hot, seed 1    runs, about 30s (guessed from other variants); shares pretrain with plain", _out.ToString());
        Assert.Contains("plain, seed 2  runs, about 50s\n", _out.ToString());
        using (var file = ResultsFile.Open(experiment.ResultsPath, experiment.File.Metrics))
        {
            file.Append(SmallExperiment.Row(experiment.Cells[1], 0.6));
        }

        Assert.Equal(0, Run("experiment", FilePath, "--dry-run"));
        Assert.Contains("hot, seed 1    finished\n", _out.ToString());
        Assert.Contains("2 of 4 runs to do: about 1m20s.", _out.ToString());
        Assert.Equal(0, Run("experiment", FilePath, "--report"));
        Assert.Contains("| hot | 1 | 60.00 ± n/a | +10.00 | n/a | 1 |", _out.ToString());
        Assert.True(File.Exists(Path.Combine(_root, "weights", "results.md")));
    }

    [Fact]
    public void Should_Answer_A_Mistake_In_The_File_With_One_Line()
    {
        File.WriteAllText(FilePath, SmallExperiment.Text.Replace("\"seeds\"", "\"sedes\"", StringComparison.Ordinal));
        Assert.Equal(2, Run("experiment", FilePath));
        Assert.Contains("unknown field 'sedes'", Assert.Single(_error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(3, Run("experiment", Path.Combine(_root, "none.json")));
    }

    [Fact]
    public void Should_Show_Runs_Side_By_Side_Below_The_Options_In_Which_They_Differ()
    {
        foreach (var cell in Cells()) Finish(cell);
        var runs = Cells().Select(c => c.Directory).ToArray();
        Assert.Equal(0, Run(["compare", .. runs[..2]]));
        var text = _out.ToString();
        Assert.Matches(@"distill\.loss\.temperature +\S+ +7\n", text);
        Assert.Matches(@"exit 2 linear +50\.0% +60\.0%\n", text);
        Assert.DoesNotContain("seed ", text);
        Assert.DoesNotContain("NMI", text);

        // More runs than fit continue below.
        Assert.Equal(0, Run(["compare", .. runs]));
        Assert.All(_out.ToString().Split('\n'), line => Assert.True(line.Length <= 120, line));
        Assert.All(runs, run => Assert.Contains(Path.GetFileName(run), _out.ToString()));
    }

    [Fact]
    public void Should_Compare_As_Json()
    {
        foreach (var cell in Cells()) Finish(cell);
        var runs = Cells().Select(c => c.Directory).ToArray();
        Assert.Equal(0, Run("compare", runs[0], runs[1], "--json"));
        using var json = JsonDocument.Parse(_out.ToString());
        Assert.Equal(runs[1], json.RootElement[1].GetProperty("run").GetString());
        Assert.Equal("7", json.RootElement[1].GetProperty("options").GetProperty("distill.loss.temperature").GetString());
        Assert.Equal(0.6, json.RootElement[1].GetProperty("summary").GetProperty("exits")[1].GetProperty("linear").GetDouble());
    }

    [Fact]
    public void Should_Not_Compare_What_Is_No_Run()
    {
        Assert.Equal(3, Run("compare", _root));
        Assert.Contains("holds no run", _error.ToString());
    }

    private IReadOnlyList<ExperimentCell> Cells() => SmallExperiment.In(_root).Cells;

    private static void Finish(ExperimentCell cell)
    {
        SmallExperiment.Finish(cell.Request, cell.Variant == "hot" ? 0.6 : 0.5);
        using var run = RunDirectory.Acquire(cell.Directory);
        run.Write(run.Record! with { Options = OptionJson.ToJson(cell.Options) });
    }

    private int Run(params string[] args)
    {
        _out.GetStringBuilder().Clear();
        return new CommandLine(
            new CliHost
            {
                Out = _out,
                Error = _error,
                Pipeline = (_, _, _, _) => throw new InvalidOperationException("nothing should run"),
            }).Run(args);
    }
}
