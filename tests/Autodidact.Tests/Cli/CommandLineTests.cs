using System.CommandLine.Help;
using Autodidact.Cli;
using Autodidact.Cli.Startup;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("autodidact-cli-").FullName;
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly List<(RunRequest Request, Stage? Only)> _calls = [];
    private Func<RunRequest, RunResult> _pipeline = request =>
        new RunResult(request.Out!, new Summary { Exits = [new() { Exit = "1", Scores = new() { Knn = 0.5 } }] }, false);

    private Func<string, WrittenReport>? _report;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Should_Put_Every_Flag_Into_The_Request()
    {
        Assert.Equal(0, Run(
            "run", "pictures", "--pretrain-data", "more", "--eval", "test.zip", "--out", In("x"), "--preset", "cpu-small",
            "--budget", "1h30m", "--pretrain-method", "simclr",
            "--distill-method", "scan", "--encoder", "e.safetensors", "--encoder-arch", "resnet18-cifar",
            "--student-arch", "resnet10-w32-cifar-pool", "--clusters", "auto", "--classes", "7",
            "--labels", "none", "--holdout", "0.1", "--seed", "18446744073709551615", "--names", "labels", "--agreement", "0.9", "--int8",
            "--plugin", "none", "--device", "cuda:1",
            "--set", "distill.from_encoder=false", "--set", "pretrain.batch_size=64"));
        var (request, only) = Assert.Single(_calls);
        Assert.Null(only);
        Assert.Equal(In("x"), request.Out);
        string[] expected =
        [
            "data.source=pictures", "data.pretrain=more", "data.evaluation=test.zip", "preset=cpu-small",
            "budget=1h30m", "pretrain.epochs=0", "distill.epochs=0", "pretrain.method=simclr", "distill.method=scan",
            "pretrain.encoder=e.safetensors", "pretrain.arch=resnet18-cifar", "distill.arch=resnet10-w32-cifar-pool",
            "cluster.k=auto", "cluster.classes=7", "data.labels=none", "data.holdout=0.1", "seed=18446744073709551615",
            "plugin=none", "device=cuda:1",
            "export.names=labels", "export.agreement=0.9", "export.int8=true", "distill.from_encoder=false", "pretrain.batch_size=64",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), request.Set.Order(StringComparer.Ordinal));

        // In place of an encoder, since nobody has both.
        Assert.Equal(0, Run("run", "--out", In("y"), "--features", "f.npy", "--eval-features", "g.npy"));
        Assert.Equal(["pretrain.features=f.npy", "pretrain.evaluation_features=g.npy"], _calls[1].Request.Set);

        // A flag that this test does not know would be untested.
        string[] noFlags = ["pretrain.epochs", "distill.epochs", "distill.from_encoder", "pretrain.batch_size"];
        var tried = expected.Concat(_calls[1].Request.Set).Select(one => one.Split('=')[0]).Except(noFlags);
        Assert.Equal(RunFlags.ByKey.Values.Select(flag => flag.Option).Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Should_Leave_What_Is_Not_Said_To_The_Preset()
    {
        Assert.Equal(0, Run("run", "--out", In("x")));
        Assert.Equal(
            OptionJson.ToJson(new RunRequest { Out = In("x") }).ToJsonString(), OptionJson.ToJson(_calls[0].Request).ToJsonString());
    }

    [Fact]
    public void Should_Number_A_Run_That_Is_Not_Named()
    {
        Assert.Equal(0, Run("run"));
        Assert.Matches(@"^runs[/\\]synthetic-\d+$", _calls[0].Request.Out);
        Assert.Equal(0, Run("run", "no/such/flowers.zip"));
        Assert.Matches(@"^runs[/\\]flowers-\d+$", _calls[1].Request.Out);
    }

    [Fact]
    public void Should_Repeat_The_Request_Of_A_Run_Named_Alone()
    {
        string[] set = ["data.source=flowers.zip", "budget=1h", "cluster.k=50", "pretrain.batch_size=64"];
        Recorded(new RunRequest { Set = set });
        Assert.Equal(0, Run("run", "--out", In("x")));
        Assert.Equal(In("x"), _calls[0].Request.Out);
        Assert.Equal(set, _calls[0].Request.Set);
    }

    [Fact]
    public void Should_Let_What_Is_Typed_Win_Over_What_The_Run_Recorded()
    {
        Recorded(new RunRequest { Set = ["data.source=flowers.zip", "Cluster.K=50", "pretrain.batch-size=64"] });
        Assert.Equal(0, Run("cluster", In("x"), "--clusters", "20", "--set", "pretrain.batch_size=32"));
        var (request, only) = Assert.Single(_calls);
        Assert.Equal(Stage.Cluster, only);
        Assert.Equal(["data.source=flowers.zip", "cluster.k=20", "pretrain.batch_size=32"], request.Set);
    }

    [Fact]
    public void Should_Let_A_Budget_Replace_A_Presets_Epochs_And_Keep_Those_That_Were_Asked_For()
    {
        Recorded(
            new RunRequest { Set = ["preset=cifar-resnet18", "budget=1h", "pretrain.epochs=0", "distill.epochs=0", "distill.epochs=4"] });
        Assert.Equal(0, Run("run", "--out", In("x"), "--budget", "2h"));
        Assert.Equal(0, Run("run", "--out", In("x"), "--set", "pretrain.epochs=7"));
        var options = _calls.Select(call => RunOptions.Resolve(call.Request));
        Assert.Equal(
            [(2, 0, 4), (1, 7, 4)], options.Select(o => ((int)o.Budget.TotalHours, (int)o.Pretrain.Epochs, (int)o.Distill.Epochs)));
    }

    [Theory]
    [InlineData("pretrain", Stage.Pretrain)]
    [InlineData("cluster", Stage.Cluster)]
    [InlineData("distill", Stage.Distill)]
    [InlineData("evaluate", Stage.Evaluate)]
    public void Should_Run_One_Stage_Of_An_Existing_Run(string command, Stage stage)
    {
        Recorded(new RunRequest { Set = ["data.source=flowers.zip"] });
        Assert.Equal(0, Run(command, In("x")));
        Assert.Equal(stage, Assert.Single(_calls).Only);
    }

    [Fact]
    public void Should_Evaluate_On_Other_Images()
    {
        Recorded(new RunRequest { Set = ["data.source=flowers.zip"] });

        // The images of a run stay its own: others are measured in a directory beside it, once there are models to measure.
        Assert.Equal(2, Run("evaluate", In("x"), "--on", "weeds.zip"));
        Assert.Contains("stage pretrain is not finished", OneErrorLine());
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData("cluster")]
    [InlineData("distill")]
    [InlineData("evaluate")]
    public void Should_Not_Start_A_Later_Stage_Without_A_Run(string command)
    {
        Assert.Equal(3, Run(command, In("nothing")));
        Assert.Contains("holds no run", OneErrorLine());
        Assert.Empty(_calls);
    }

    [Fact]
    public void Should_Print_The_Table_On_Stdout_And_No_Escape_Codes()
    {
        Assert.Equal(0, Run("run", "--out", In("x")));
        Assert.Contains("exit 1", _out.ToString());
        Assert.Contains("50.0%", _out.ToString());
        Assert.DoesNotContain('\e', _out.ToString() + _error);
    }

    [Fact]
    public void Should_Print_Nothing_But_Json_When_Asked()
    {
        Assert.Equal(0, Run("run", "--json", "--out", In("x")));
        Assert.Equal(0.5, Summary.FromJson(_out.ToString()).Exits![0].Scores.Knn);
    }

    [Fact]
    public void Should_Say_That_A_Run_Is_Already_Finished_And_Show_It_Again()
    {
        _pipeline = request => new RunResult(request.Out!, new Summary(), true);
        Assert.Equal(0, Run("run", "--out", In("x")));
        Assert.Contains("already finished", _error.ToString());
        Assert.Contains("results", _out.ToString());
    }

    [Fact]
    public void Should_Write_The_Report_That_A_Killed_Run_Did_Not_Come_To_Write()
    {
        var paths = new RunPaths(In("x"));
        _pipeline = request => new RunResult(request.Out!, new Summary(), true);
        _report = run =>
        {
            File.WriteAllText(new RunPaths(run).Report, "page");
            return new WrittenReport(new RunPaths(run).Report, 4, []);
        };
        Directory.CreateDirectory(paths.Root);
        new Summary().Save(paths.Summary);
        Assert.Equal(0, Run("run", "--out", paths.Root));
        Assert.Contains("report: ", _out.ToString());
        Assert.True(File.Exists(paths.Report));

        // One that is older than the results is of the session before.
        File.SetLastWriteTimeUtc(paths.Report, DateTime.UnixEpoch);
        Assert.Equal(0, Run("run", "--out", paths.Root));
        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(paths.Report));
        _report = _ => throw new InvalidOperationException("the page is there");
        Assert.Equal(0, Run("run", "--out", paths.Root));
    }

    [Theory]
    [InlineData("unknown option '--bugdet'; did you mean --budget?", "run", "--bugdet", "3m")]
    [InlineData("unknown option '--bugdet'; did you mean --budget?", "run", "data", "--bugdet", "3m")]
    [InlineData("unknown command 'rum'; did you mean run?", "rum")]
    [InlineData("unexpected argument 'b'", "run", "a", "b")]
    [InlineData("--budget: expected a duration such as 30m, 1h30m or 90s, 0s to 365d; got '30'", "run", "--budget", "30")]
    [InlineData("--classes: expected an integer, 0 to 100000; got 'x'", "run", "--classes", "x")]
    [InlineData("unknown option 'pretrain.epoch'; did you mean pretrain.epochs", "run", "--set", "pretrain.epoch=3")]
    [InlineData("unknown preset", "run", "--preset", "nope")]
    [InlineData("--holdout: expected a number, 0 to 0.5; got '0.9'", "run", "--holdout", "0.9")]
    [InlineData("--clusters: expected an integer, 0 to 1000000, or auto; got 'many'", "run", "--clusters", "many")]
    [InlineData("--set 'seed': expected name=value", "run", "--set", "seed")]
    [InlineData("unknown preset", "presets", "nope")]
    [InlineData("pre-training method nope: unknown", "presets", "cpu-small", "--pretrain-method", "nope")]
    [InlineData("name the preset too", "presets", "--pretrain-method", "byol")]
    [InlineData("RUN is missing: name a run directory", "pretrain")]
    [InlineData("FILE is missing: name a file of an experiment", "experiment")]
    [InlineData("unknown option '--dry-rum'; did you mean --dry-run?", "experiment", "e.json", "--dry-rum")]
    [InlineData("ask for one of them", "experiment", "e.json", "--dry-run", "--report")]
    [InlineData("RUN is missing", "report")]
    [InlineData("--map-points 5001: choose 0 to 5000", "report", "x", "--map-points", "5001")]
    [InlineData("unknown option '--jsn'; did you mean --json?", "compare", "a", "--jsn")]
    [InlineData("RUN is missing: name run directories", "compare")]
    [InlineData("IMAGE is missing: name image files and folders", "predict", "model")]
    [InlineData("MODEL is missing: name a folder", "predict")]
    [InlineData("INDEX is missing: name a .npy file", "search", "model")]
    [InlineData("--format: expected one of table, json, csv, spreadsheet; got 'xml'", "predict", "model", "a.png", "--format", "xml")]
    [InlineData("--format: expected one of table, json, csv, spreadsheet; got '1'", "search", "model", "a.npy", "--format", "1")]
    [InlineData("--index: expected one of auto, always, never; got 'no'", "embed", "model", "a.png", "--out", "a.npy", "--index", "no")]
    [InlineData("--batch: expected an integer; got 'many'", "embed", "model", "a.png", "--out", "a.npy", "--batch", "many")]
    [InlineData("--confidence: expected a number; got 'NaN'", "predict", "model", "a.png", "--confidence", "NaN")]
    [InlineData("--provider: expected one of cpu, cuda, directml, coreml; got 'gpu'", "predict", "model", "a.png", "--provider", "gpu")]
    [InlineData("--confidence 2: expected 0 to 1", "predict", "model", "a.png", "--confidence", "2")]
    [InlineData("--threads -1: expected 0 to 1024", "predict", "model", "a.png", "--threads", "-1")]
    [InlineData("--threads 2000000000: expected 0 to 1024", "predict", "model", "a.png", "--threads", "2000000000")]
    [InlineData("RUN: expected a value; got ''", "report", "")]
    [InlineData("RUN: expected a value; got ''", "compare", "a", "")]
    [InlineData("RUN: expected a value; got ''", "evaluate", "")]
    [InlineData("FILE: expected a value; got ''", "experiment", "")]
    [InlineData("MODEL: expected a value; got ''", "predict", "", "a.png")]
    [InlineData("INDEX: expected a value; got ''", "search", "model", "", "a.png")]
    [InlineData("--out: expected a value; got ''", "run", "--out", "")]
    [InlineData("--out: expected a value; got ''", "embed", "model", "a.png", "--out", "")]
    [InlineData("option data.evaluation: expected a path, or none; got ''", "run", "--set", "data.evaluation=")]
    [InlineData("--map-points: expected an integer; got 'x'", "report", "x", "--map-points", "x")]
    [InlineData("--seed", "run", "--seed")]
    [InlineData("--set", "run", "--set")]
    public void Should_Answer_A_Mistake_With_One_Line_And_Status_2(string message, params string[] args)
    {
        Assert.Equal(2, Run(args));
        Assert.Contains(message, OneErrorLine());
        Assert.Empty(_out.ToString());
        Assert.Empty(_calls);
    }

    [Fact]
    public void Should_Pass_The_Librarys_Failures_On_As_They_Are()
    {
        _pipeline = _ => throw new AutodidactException(FailureKind.Training, "the loss is not finite at step 7: lower the learning rate");
        Assert.Equal(4, Run("run", "--out", In("x")));
        Assert.EndsWith("autodidact: the loss is not finite at step 7: lower the learning rate\n", _error.ToString());
    }

    [Fact]
    public void Should_Keep_The_Details_Of_A_Defect_In_A_File()
    {
        _pipeline = _ => throw new InvalidCastException("first line\nsecond line");
        Assert.Equal(1, Run("run", "--out", In("x")));
        var line = OneErrorLine();
        Assert.StartsWith("autodidact: unexpected: InvalidCastException: first line (details: ", line);
        var log = line[(line.IndexOf("details: ", StringComparison.Ordinal) + 9)..].TrimEnd(')');
        Assert.Contains("second line", File.ReadAllText(log));
        File.Delete(log);
    }

    /// <summary>
    /// Every option of every command that takes one of some names, or a number: the message gives the choices, never a type of the program.
    /// </summary>
    [Fact]
    public void Should_Name_The_Choices_Of_Every_Typed_Option()
    {
        var commands = new CommandLine(Host()).Root.Subcommands;
        var seen = 0;
        foreach (var command in commands)
        {
            string[] arguments = [command.Name, .. command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0).Select(_ => "x")];
            var typed = command.Options.Where(
                o => o.ValueType != typeof(bool) && o.ValueType != typeof(string) && !o.ValueType.IsArray && o is not HelpOption);
            foreach (var option in typed)
            {
                seen++;
                _error.GetStringBuilder().Clear();
                Assert.Equal(2, Run([.. arguments, option.Name, "nonsense"]));
                Assert.Contains($"{option.Name}: expected ", OneErrorLine(), StringComparison.Ordinal);
                Assert.DoesNotMatch("System\\.|Autodidact\\.", OneErrorLine());
                var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
                if (!type.IsEnum) continue;
                _error.GetStringBuilder().Clear();
                Assert.Equal(2, Run([.. arguments, option.Name, "0"]));
                Assert.Contains(string.Join(", ", EnumNames.All(type)), OneErrorLine(), StringComparison.Ordinal);
                Assert.All(EnumNames.All(type), name =>
                    Assert.Empty(command.Parse([.. arguments.Skip(1), option.Name, name]).GetResult(option)!.Errors));
            }
        }

        Assert.True(seen > 10, $"{seen} options");
    }

    [Theory]
    [InlineData("autodidact [command]")]
    [InlineData("Examples:", "run")]
    [InlineData("--set", "run")]
    [InlineData("[default: cpu-small]", "run")]
    [InlineData("Examples:", "pretrain")]
    [InlineData("Examples:", "cluster")]
    [InlineData("Examples:", "distill")]
    [InlineData("Examples:", "evaluate")]
    [InlineData("Examples:", "presets")]
    [InlineData("Examples:", "report")]
    [InlineData("Examples:", "compare")]
    [InlineData("Examples:", "experiment")]
    public void Should_Help_With_Examples(string text, params string[] command)
    {
        Assert.Equal(0, Run([.. command, "--help"]));
        Assert.Contains(text, _out.ToString());
        Assert.DoesNotContain("Autodidact.Cli", _out.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Should_Help_Rather_Than_Complain_When_Asked_For_Help() => Assert.Equal(0, Run("pretrain", "--help"));

    [Fact]
    public void Should_List_Every_Option_Of_Every_Preset()
    {
        foreach (var preset in Presets.All)
        {
            Assert.Equal(0, Run("presets", preset.Name));
            Assert.All(
                OptionBinder.Describe(preset.Options), option => Assert.Contains($"{option.Name}={option.Default}", _out.ToString()));
            Assert.All(_out.ToString().Split('\n'), line => Assert.True(line.Length <= 120, line));
        }
    }

    [Fact]
    public void Should_List_A_Preset_As_A_Method_Changes_It()
    {
        Assert.Equal(0, Run("presets", "cifar-resnet18", "--pretrain-method", "byol"));
        Assert.Contains("pretrain.optimizer.learning_rate=1 ", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("pretrain.method=byol ", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("pretrain.second_view.solarize=0.2 ", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_List_Methods_And_Presets()
    {
        Assert.Equal(0, Run("methods"));
        Assert.All(PretrainMethods.All.Select(m => m.Name).Concat(DistillMethods.All.Select(m => m.Name)), name =>
            Assert.Contains(name, _out.ToString()));
        var marked = PretrainMethods.All.Select(m => (m.Name, m.UsesLabels))
            .Concat(DistillMethods.All.Select(m => (m.Name, m.UsesLabels)));
        Assert.All(marked, method => Assert.Equal(
            method.UsesLabels,
            _out.ToString().Split('\n').Single(line => line.StartsWith($"  {method.Name} ", StringComparison.Ordinal))
                .Contains("USES LABELS", StringComparison.Ordinal)));
        Assert.Equal(0, Run("presets"));
        Assert.All(Presets.All, preset => Assert.Contains(preset.Name, _out.ToString()));
    }

    private string In(string name) => Path.Combine(_root, name);

    private void Recorded(RunRequest request)
    {
        using var directory = RunDirectory.Acquire(In("x"));
        directory.Write(new RunRecord { Request = OptionJson.ToJson(request with { Out = "elsewhere" }) });
    }

    private string OneErrorLine()
    {
        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Assert.Single(lines);
    }

    private int Run(params string[] args) => new CommandLine(Host()).Run(args);

    private CliHost Host() => new()
    {
        Out = _out,
        Error = _error,
        Pipeline = (request, _, _, only) =>
        {
            _calls.Add((request, only));
            return _pipeline(request);
        },
        Report = _report is { } report ? (run, _, _) => report(run) : null,
    };
}
