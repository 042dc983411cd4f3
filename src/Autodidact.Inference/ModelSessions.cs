using Autodidact.Inference.Graphs;

namespace Autodidact.Inference;

/// <summary>The graphs of a model, each with what the manifest says it must be. Thread-safe.</summary>
internal sealed class ModelSessions : IDisposable
{
    /// <summary>Output of a stage that the next stage takes.</summary>
    public const string Map = "map";

    /// <summary>Output that is a feature.</summary>
    public const string Feature = "feature";

    /// <summary>Output that is an answer.</summary>
    public const string Logits = "logits";

    private const string PixelsName = "pixels";
    private const string ImagesName = "images";

    private readonly ModelManifest _manifest;
    private readonly GraphSession? _encoder;
    private readonly PictureInput? _encoderInput;

    /// <summary>Names the graphs; nothing is read yet.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="manifest">The description they must fit.</param>
    /// <param name="options">How to run them.</param>
    public ModelSessions(string folder, ModelManifest manifest, ModelOptions options)
    {
        _manifest = manifest;
        var input = manifest.Input;
        var (taken, takenName) = Taken(input);
        var logits = new GraphValue(GraphType.Float, [GraphShape.Batch, manifest.Clusters]);
        var answers = new Dictionary<string, GraphValue?> { [Logits] = logits, [Feature] = FeatureOf(manifest.FeatureSize) };
        Input = Pictures(input);
        Models = [.. manifest.Exits.Select(e => Session(e.ModelFile, takenName, taken, answers))];

        // Shapes of maps are the stages' own affair: each graph says its own, and the runtime refuses a map that does not fit.
        Stages =
        [
            .. manifest.Exits.Select((e, i) => Session(
                e.StageFile,
                i == 0 ? takenName : "previous_map",
                i == 0 ? taken : null,
                i == manifest.Exits.Count - 1 ? new() { [Logits] = logits } : new() { [Logits] = logits, [Map] = null })),
        ];
        if (manifest.Encoder is { } encoder)
        {
            var (encoderTaken, encoderTakenName) = Taken(encoder.Input);
            _encoder = Session(encoder.File, encoderTakenName, encoderTaken, new() { [Feature] = FeatureOf(encoder.FeatureSize) });
            _encoderInput = Pictures(encoder.Input);
        }

        PictureInput Pictures(ManifestInput of) => new(
            of.Side,
            of.PreprocessingFile is { } file ? Session(file, PixelsName, PixelsOf(of), new() { [ImagesName] = ImagesOf(of) }) : null);

        GraphSession Session(string name, string takes, GraphValue? value, Dictionary<string, GraphValue?> outputs) =>
            new(Path.Combine(folder, name), options, new GraphUse(takes, value, outputs, manifest.DigestOfGraph(name)));
    }

    /// <summary>Makes pictures into the input of the exits.</summary>
    public PictureInput Input { get; }

    /// <summary>The stages, one an exit, shallow to deep.</summary>
    public IReadOnlyList<GraphSession> Stages { get; }

    /// <summary>The compact models, one an exit, shallow to deep.</summary>
    public IReadOnlyList<GraphSession> Models { get; }

    /// <summary>Whether there is an encoder.</summary>
    public bool HasEncoder => _encoder is not null;

    /// <summary>The graph that gives a feature, what goes into it, and the size of what comes out.</summary>
    /// <exception cref="AutodidactException">The model has no such exit, or no encoder; kind Usage.</exception>
    public (GraphSession Graph, PictureInput Input, int Size) Of(FeatureSource source) =>
        !source.IsEncoder ? (source.Exit == 0 ? Models[^1] : ModelAt(source.Exit), Input, _manifest.FeatureSize)
        : _encoder is not null ? (_encoder, _encoderInput!, _manifest.Encoder!.FeatureSize)
        : throw new AutodidactException(FailureKind.Usage, "the model was exported without its encoder: choose an exit");

    /// <summary>The compact model that ends at an exit.</summary>
    /// <param name="exit">1 is the shallowest.</param>
    /// <exception cref="AutodidactException">The model has no such exit; kind Usage.</exception>
    public GraphSession ModelAt(int exit) => exit >= 1 && exit <= Models.Count
        ? Models[exit - 1]
        : throw new AutodidactException(
            FailureKind.Usage, $"exit {exit}: the model has {(Models.Count == 1 ? "exit 1 alone" : $"exits 1 to {Models.Count}")}");

    /// <inheritdoc/>
    public void Dispose()
    {
        IEnumerable<IDisposable?> parts = [.. Stages, .. Models, _encoder, Input, _encoderInput];
        foreach (var part in parts)
        {
            part?.Dispose();
        }
    }

    private static GraphValue PixelsOf(ManifestInput input) => new(GraphType.Uint8, [GraphShape.Batch, input.Side, input.Side, 3]);

    private static GraphValue ImagesOf(ManifestInput input) => new(GraphType.Float, [GraphShape.Batch, 3, input.ViewSize, input.ViewSize]);

    private static GraphValue FeatureOf(int size) => new(GraphType.Float, [GraphShape.Batch, size]);

    /// <summary>The input of graphs over such pictures: the pictures themselves, or the output of the separate preprocessing.</summary>
    private static (GraphValue Value, string Name) Taken(ManifestInput input) =>
        input.PreprocessingFile is null ? (PixelsOf(input), PixelsName) : (ImagesOf(input), ImagesName);
}
