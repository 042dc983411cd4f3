using System.Text.Json;
using Autodidact.Cli;
using Autodidact.Cli.Startup;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Autodidact.Tests.Images;
using Autodidact.Tests.Inference;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Cli;

/// <summary><c>predict</c>, in this process, and what the commands over a model share with it.</summary>
public sealed class PredictCommandTests(ExportedModel exported) : IClassFixture<ExportedModel>, IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly List<(RunRequest Request, Stage? Only)> _calls = [];
    private string _input = "";
    private TextReader? _reader;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("predict")]
    [InlineData("embed")]
    [InlineData("search")]
    public void Should_Say_In_One_Line_That_A_Folder_Holds_No_Images(string command)
    {
        var empty = Directory.CreateDirectory(_scratch["empty"]).FullName;
        Assert.Equal(0, Run("embed", exported.Folder, Picture(), "--out", _scratch["a.npy"]));
        string[] arguments = command switch
        {
            "predict" => [command, exported.Folder, empty],
            "embed" => [command, exported.Folder, empty, "--out", _scratch["b.npy"]],
            _ => [command, exported.Folder, _scratch["a.npy"], empty],
        };
        Assert.Equal(3, Run(arguments));
        Assert.Equal($"autodidact: {empty}: the folder holds no images: name another", OneErrorLine());
        Assert.Empty(_out.ToString());
    }

    [Fact]
    public void Should_Answer_For_The_Other_Images_And_Tell_Of_The_Empty_Folder()
    {
        var empty = Directory.CreateDirectory(_scratch["empty"]).FullName;
        Assert.Equal(3, Run("predict", exported.Folder, empty, Picture()));
        Assert.Contains("the folder holds no images", OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains("picture.png: ", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Say_That_An_Empty_List_Names_Nothing()
    {
        _input = "\n\n";
        Assert.Equal(3, Run("predict", exported.Folder, "-"));
        Assert.Contains("standard input lists no files", OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Name_Standard_Input_Where_It_Cannot_Be_Read()
    {
        _reader = new FolderReader();
        Assert.Equal(3, Run("predict", exported.Folder, "-"));
        Assert.Equal(
            "autodidact: standard input cannot be read (Is a directory): "
            + "give the paths of images, one a line, through a pipe or from a file",
            OneErrorLine());
    }

    /// <summary>No command but embed has an option for batches, and no batch is at fault.</summary>
    [Theory]
    [InlineData("predict")]
    [InlineData("embed")]
    public void Should_Blame_A_Model_That_Tells_Of_Pictures_Its_Graphs_Do_Not_Take(string command)
    {
        var folder = exported.Copy();
        var manifest = exported.Manifest();
        manifest["input"]!["side"] = 4096;
        File.WriteAllText(Path.Combine(folder, "model.json"), manifest.ToJsonString());
        Assert.Equal(3, Run([command, folder, Picture(), .. command == "embed" ? ["--out", _scratch["a.npy"]] : Array.Empty<string>()]));
        var line = OneErrorLine();
        Assert.Contains("model.json says 'pixels', uint8 (N, 4096, 4096, 3)", line, StringComparison.Ordinal);
        Assert.DoesNotContain("batch", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Make_Batches_Smaller_That_Would_Take_Too_Much_Memory()
    {
        Assert.Equal(0, Run("embed", exported.Folder, Picture(), "--out", _scratch["a.npy"], "--batch", "2000000000"));
        Assert.Empty(_error.ToString());
        Assert.Contains("a.npy: 1 image", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Count_The_Files_It_Could_Not_Read()
    {
        File.WriteAllText(_scratch["broken.png"], "no picture");
        Assert.Equal(3, Run("predict", exported.Folder, _scratch["broken.png"], Picture()));
        Assert.EndsWith("\nautodidact: 1 file could not be read, see above\n", _error.ToString());
        Assert.Equal(3, Run("predict", exported.Folder, _scratch["broken.png"], _scratch["missing.png"]));
        Assert.EndsWith("\nautodidact: 2 files could not be read, see above\n", _error.ToString());

        // The answers may go into a file: a person sees the reasons too.
        Assert.Contains("broken.png: not a JPEG", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("missing.png: no such file", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("missing.png: no such file", _out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("embed")]
    [InlineData("search")]
    public void Should_Answer_The_Other_Names_Of_A_List_With_Odd_Ones(string command)
    {
        Assert.Equal(0, Run("embed", exported.Folder, Picture(), "--out", _scratch["a.npy"]));
        var folder = Directory.CreateDirectory(_scratch["folder"]).FullName;
        _input = $"a\0b.png\n{new string('a', 100_000)}\n{folder}\n{Picture()}\r\n";
        string[] arguments = command switch
        {
            "predict" => [command, exported.Folder, "", "-"],
            "embed" => [command, exported.Folder, "", "-", "--out", _scratch["b.npy"]],
            _ => [command, exported.Folder, _scratch["a.npy"], "", "-"],
        };
        Assert.Equal(3, Run(arguments));
        var error = _error.ToString();
        Assert.Contains(": its name is empty\n", error, StringComparison.Ordinal);
        Assert.Contains(": its name holds a NUL character\n", error, StringComparison.Ordinal);
        Assert.Contains(": the line is too long for the path of a file\n", error, StringComparison.Ordinal);
        Assert.Contains($"{folder}: it is a folder, not a file\n", error, StringComparison.Ordinal);
        Assert.EndsWith("autodidact: 4 files could not be read, see above\n", error, StringComparison.Ordinal);
        Assert.Contains(command == "embed" ? "b.npy: 1 image" : Picture(), _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Give_Exit_And_Agreement_As_Numbers()
    {
        Assert.Equal(0, Run("predict", exported.Folder, Picture(), "--exit", "4", "--format", "json"));
        using var json = JsonDocument.Parse(_out.ToString());
        Assert.Equal(4, json.RootElement.GetProperty("exit").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("expected_agreement").GetDouble());
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("embed")]
    [InlineData("search")]
    public void Should_Export_A_Finished_Run_That_Has_No_Model(string command)
    {
        Assert.Equal(0, Run("embed", exported.Folder, Picture(), "--out", _scratch["a.npy"]));
        var run = NewRun("pretrain", "cluster", "distill", "evaluate");
        string[] arguments = command switch
        {
            "predict" => [command, run, Picture()],
            "embed" => [command, run, Picture(), "--out", _scratch["b.npy"]],
            _ => [command, run, _scratch["a.npy"], Picture()],
        };
        Assert.Equal(0, Run(arguments));
        Assert.Equal((run, Stage.Export), (Assert.Single(_calls).Request.Out, _calls[0].Only));
        Assert.StartsWith($"{run} has no exported model yet: making it now, as autodidact export {run} does\n", _error.ToString());
        Assert.NotEmpty(_out.ToString());

        // The second time it is there.
        Assert.Equal(0, Run("predict", run, Picture()));
        Assert.Single(_calls);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Should_Say_What_To_Run_Next_Where_A_Run_Is_Not_Finished()
    {
        var run = NewRun("pretrain", "cluster");
        Assert.Equal(3, Run("predict", run, Picture()));
        Assert.Equal(
            $"autodidact: {run}: the run is not finished, so it has no model: go on with autodidact run --out {run}", OneErrorLine());
        Assert.Empty(_calls);
    }

    private string Picture()
    {
        File.WriteAllBytes(_scratch["picture.png"], TestImages.Png(20, 24, seed: 1));
        return _scratch["picture.png"];
    }

    private string NewRun(params string[] finished)
    {
        using var run = RunDirectory.Acquire(_scratch["run"]);
        run.Write(new RunRecord { Request = OptionJson.ToJson(new RunRequest()) });
        foreach (var stage in finished)
        {
            run.Complete(stage, "inputs", TimeSpan.Zero);
        }

        return _scratch["run"];
    }

    /// <summary>Standard input that is a folder: the shell opens it, and no read succeeds.</summary>
    private sealed class FolderReader : TextReader
    {
        public override int Read() => throw new IOException("Is a directory", 21);
    }

    private string OneErrorLine() => Assert.Single(_error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private int Run(params string[] arguments)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return new CommandLine(new CliHost
        {
            Out = _out,
            Error = _error,
            In = _reader ?? new StringReader(_input),
            Pipeline = (request, _, _, only) =>
            {
                // Stands in for the stage, as far as these tests see it.
                _calls.Add((request, only));
                Directory.Move(exported.Copy(), Path.Combine(request.Out!, "model"));
                return new RunResult(request.Out!, new Summary(), false);
            },
        }).Run(arguments);
    }
}
