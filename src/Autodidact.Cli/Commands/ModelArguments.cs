using System.CommandLine;
using System.CommandLine.Parsing;
using Autodidact.Images;
using Autodidact.Inference;

namespace Autodidact.Cli.Commands;

/// <summary>What the commands that run an exported model take: the model, and images as files, folders or a list on standard input.</summary>
/// <param name="imagesNeeded">Whether at least one image must be named.</param>
internal sealed class ModelArguments(bool imagesNeeded = true)
{
    private const string StandardInput = "-";

    private readonly Argument<string?> _model = new("MODEL") { Description = "folder that 'autodidact export' made, or the run it belongs to", Arity = ArgumentArity.ExactlyOne };
    private readonly Option<int> _threads = new("--threads") { Description = "threads; 0 is one a physical core", HelpName = "N" };

    public Argument<string[]> Images { get; } = new("IMAGE")
    {
        Description = "image files and folders; - reads a list of files, one a line, from standard input",
        Arity = imagesNeeded ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
    };

    /// <summary>Adds the arguments to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="between">Arguments that stand between the model and the images.</param>
    public void AddTo(Command command, params Argument<string?>[] between)
    {
        foreach (var argument in between.Prepend(_model))
        {
            RequestFlags.RefuseOptions(argument);
            command.Add(argument);
        }

        command.Add(Images);
        command.Add(_threads);
    }

    /// <summary>Threads asked for; 0 leaves the choice.</summary>
    public int Threads(ParseResult parsed) => Math.Max(0, parsed.GetValue(_threads));

    /// <summary>A model by its folder or its run's.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="batch">Most images that go through the network at once; the model's own default if left out.</param>
    public EarlyExitModel Load(ParseResult parsed, int? batch = null)
    {
        var folder = parsed.GetValue(_model)!;
        var inRun = Path.Combine(folder, "model");
        var isRun = !File.Exists(Path.Combine(folder, ModelManifest.FileName)) && File.Exists(Path.Combine(inRun, ModelManifest.FileName));
        var options = new ModelOptions { Threads = Threads(parsed) };
        return EarlyExitModel.Load(isRun ? inRun : folder, batch is { } size ? options with { BatchSize = size } : options);
    }

    /// <summary>Files in the order given; those of a folder sorted by name.</summary>
    public IEnumerable<string> Files(ParseResult parsed, TextReader input)
    {
        foreach (var name in parsed.GetValue(Images)!)
        {
            var files = name == StandardInput ? Lines(input) : Directory.Exists(name) ? ImageFiles.Below(name) : [name];
            foreach (var file in files) yield return file;
        }
    }

    private static IEnumerable<string> Lines(TextReader input)
    {
        while (input.ReadLine() is { } line)
        {
            if (line.Length > 0) yield return line;
        }
    }
}
