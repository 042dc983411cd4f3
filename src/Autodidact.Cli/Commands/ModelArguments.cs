using System.CommandLine;
using Autodidact.Inference;

namespace Autodidact.Cli.Commands;

/// <summary>
/// The arguments of the commands that run an exported model: the model, and images as files, folders or a list on standard input.
/// </summary>
/// <param name="imagesNeeded">Whether at least one image must be named.</param>
internal sealed class ModelArguments(bool imagesNeeded = true)
{
    public const string ImageName = "IMAGE";

    private const int MostThreads = 1024;

    private readonly Argument<string?> _model = new("MODEL")
    {
        Description = "folder that 'autodidact export' made, or the run it belongs to: a finished run is exported first if need be",
        Arity = ArgumentArity.ExactlyOne,
    };

    private readonly Option<int> _threads = new("--threads") { Description = "threads; 0 is one a physical core", HelpName = "N" };

    private readonly Option<ExecutionProvider> _provider = new("--provider")
    {
        Description = "where ONNX Runtime computes: cpu, cuda, directml or coreml; all but cpu need a build with a package that has them",
        HelpName = "NAME",
    };

    public Argument<string[]> Images { get; } = new(ImageName)
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
        command.Add(_provider);
    }

    /// <summary>Threads asked for; 0 leaves the choice.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads) is >= 0 and <= MostThreads and var threads
        ? threads
        : throw new AutodidactException(FailureKind.Usage, $"--threads {parsed.GetValue(_threads)}: expected 0 to {MostThreads}");

    /// <summary>A model by its folder or its run's. A finished run that has none yet is exported.</summary>
    /// <param name="host">Where the export shows its progress.</param>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="batch">Most images that go through the network at once; the model's own default if left out.</param>
    public EarlyExitModel Load(CliHost host, ParseResult parsed, int? batch = null)
    {
        var folder = parsed.GetValue(_model)!;
        var options = new ModelOptions { Threads = Threads(parsed), Provider = parsed.GetValue(_provider) };
        OnnxSession.Require(options.Provider);
        ThreadRoom.Require();
        MissingModel.Export(host, folder);
        return EarlyExitModel.Load(folder, batch is { } size ? options with { BatchSize = size } : options);
    }

    /// <summary>The images named.</summary>
    public NamedImages Named(CliHost host, ParseResult parsed) => new(host, parsed.GetValue(Images)!);
}
