using System.CommandLine;
using System.CommandLine.Parsing;
using Autodidact.Images;
using Autodidact.Inference;

namespace Autodidact.Cli.Commands;

/// <summary>What the commands that run an exported model take: the model, and images as files, folders or a list on standard input.</summary>
internal sealed class ModelArguments
{
    private const string StandardInput = "-";

    private readonly Argument<string?> _model = new("MODEL") { Description = "folder that 'autodidact export' made, or the run it belongs to", Arity = ArgumentArity.ExactlyOne };
    private readonly Option<int> _threads = new("--threads") { Description = "threads; 0 is one a physical core", HelpName = "N" };

    public Argument<string[]> Images { get; } = new("IMAGE")
    {
        Description = "image files and folders; - reads a list of files, one a line, from standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    public void AddTo(Command command)
    {
        RequestFlags.RefuseOptions(_model);
        command.Add(_model);
        command.Add(Images);
        command.Add(_threads);
    }

    public EarlyExitModel Load(ParseResult parsed) => Load(parsed.GetValue(_model)!, parsed.GetValue(_threads));

    /// <summary>A model by its folder or its run's.</summary>
    public static EarlyExitModel Load(string folder, int threads)
    {
        var inRun = Path.Combine(folder, "model");
        var isRun = !File.Exists(Path.Combine(folder, ModelManifest.FileName)) && File.Exists(Path.Combine(inRun, ModelManifest.FileName));
        return EarlyExitModel.Load(isRun ? inRun : folder, new ModelOptions { Threads = Math.Max(0, threads) });
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
