using System.Text.Json;
using System.Text.Json.Serialization;
using Autodidact.Images;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Inference;

/// <summary>What an exported model is, as <c>model.json</c> beside its graphs says it.</summary>
public sealed record ModelManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "model.json";

    /// <summary>The layout this version writes and reads.</summary>
    public const int CurrentSchema = 1;

    private const long LargestFile = 16 << 20;
    private const int MostExits = 64;
    private const int LargestSide = 4096;
    private const int LargestFeature = 1 << 20;

    /// <summary>Layout of the file.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Architecture of the backbone.</summary>
    public required string Architecture { get; init; }

    /// <summary>Number format of the weights: <c>float32</c> or <c>int8</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>What goes in.</summary>
    public required ManifestInput Input { get; init; }

    /// <summary>The self-supervised encoder beside the student; null where none was exported.</summary>
    public ManifestEncoder? Encoder { get; init; }

    /// <summary>Size of a feature.</summary>
    public required int FeatureSize { get; init; }

    /// <summary>Number of clusters each exit answers with.</summary>
    public required int Clusters { get; init; }

    /// <summary>Names of the clusters, or of the classes they stand for; null where they have none.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The exits, shallow to deep.</summary>
    public required IReadOnlyList<ManifestExit> Exits { get; init; }

    /// <summary>What early exiting costs and keeps, measured on held-out images; from the strictest thresholds to the loosest.</summary>
    public IReadOnlyList<TradeOff> TradeOffs { get; init; } = [];

    /// <summary>Where the model came from: run, version, commit, time, data.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads and checks the manifest of a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AutodidactException">It is missing or not one; kind Data.</exception>
    public static ModelManifest Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new AutodidactException(FailureKind.Data, $"{folder} holds no {FileName}: name a folder that 'autodidact export' made");
            }

            if (file.Length > LargestFile)
            {
                throw Bad(path, $"it is larger than {LargestFile >> 20} MB");
            }

            var manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(path), OptionJson.SerializerOptions) ?? throw Bad(path, "it is empty");
            return manifest.Problem() is { } problem ? throw Bad(path, problem) : manifest;
        }
        catch (JsonException e)
        {
            throw Bad(path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: cannot be read ({e.Message}): check its permissions", e);
        }
    }

    /// <summary>Writes the manifest into a model's folder, atomically.</summary>
    /// <param name="folder">The folder.</param>
    public void Save(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, OptionJson.SerializerOptions));

    /// <summary>What is wrong, or null.</summary>
    private string? Problem()
    {
        if (Schema != CurrentSchema)
        {
            return $"it has schema {Schema}, this version reads {CurrentSchema}";
        }

        if (Exits is not { Count: > 0 and <= MostExits } || Exits.Any(e => e is null))
        {
            return $"it must list 1 to {MostExits} exits";
        }

        if (IsImpossible(Input) || (Encoder is { } encoder && (encoder.File is null || IsImpossible(encoder.Input))))
        {
            return $"the side of its images must be 1 to {LargestSide}";
        }

        if (FeatureSize is < 1 or > LargestFeature || Encoder?.FeatureSize is < 1 or > LargestFeature || Clusters is < 1 or > 1 << 24)
        {
            return "its sizes are impossible";
        }

        if (Names is { } names && names.Count != Clusters)
        {
            return $"it names {names.Count} of {Clusters} clusters";
        }

        var bad = Exits.FirstOrDefault(e => !double.IsFinite(e.Temperature) || e.Temperature <= 0 || !double.IsFinite(e.Threshold) || e.Macs < 0 || e.Parameters < 0);
        if (bad is not null)
        {
            return $"the figures of exit {bad.Exit} are impossible";
        }

        // A name from a file must not lead out of the model's folder.
        var files = Exits.SelectMany(e => new[] { e.StageFile, e.ModelFile }).Append(Input.PreprocessingFile).Append(Encoder?.File).Append(Encoder?.Input.PreprocessingFile);
        return files.FirstOrDefault(f => f is not null && (f.Length == 0 || f != Path.GetFileName(f) || f is "." or "..")) is { } outside
            ? $"'{OneLine.From(outside)}' is not the name of a file in its folder"
            : null;
    }

    private static bool IsImpossible(ManifestInput? input) => input is null || input.Side is < 1 or > LargestSide || input.ViewSize is < 1 or > LargestSide;

    private static AutodidactException Bad(string path, string what) =>
        new(FailureKind.Data, $"{path}: not a model of this version: {OneLine.From(what)}: export it again");
}

/// <summary>What goes into a model.</summary>
/// <param name="Side">
/// Side of the square pictures it takes: decoded, EXIF orientation applied, colours brought to sRGB, the shorter side resized to this (antialiased Lanczos-3), the
/// centre cropped, transparency flattened on white.
/// </param>
/// <param name="ViewSize">Side of what the network sees; where it differs from <paramref name="Side"/>, the preprocessing resizes (antialiased bilinear).</param>
/// <param name="Mean">Mean of red, green, blue (0 to 1) that the preprocessing subtracts.</param>
/// <param name="Std">Standard deviations it divides by.</param>
/// <param name="PreprocessingFile">
/// Graph from pictures (<c>pixels</c>, uint8 [N, side, side, 3]) to what the others take (<c>images</c>, float32 [N, 3, view, view]); null where each of them
/// begins with it and takes <c>pixels</c>.
/// </param>
public sealed record ManifestInput(int Side, int ViewSize, IReadOnlyList<float> Mean, IReadOnlyList<float> Std, string? PreprocessingFile);

/// <summary>The encoder of an exported model, a graph by itself: pictures in, <c>feature</c> out.</summary>
/// <param name="Architecture">Its architecture.</param>
/// <param name="File">Its graph.</param>
/// <param name="FeatureSize">Size of its feature.</param>
/// <param name="Input">What goes in.</param>
public sealed record ManifestEncoder(string Architecture, string File, int FeatureSize, ManifestInput Input);

/// <summary>An exit of an exported model.</summary>
public sealed record ManifestExit
{
    /// <summary>Number of the exit, 1 the shallowest.</summary>
    public required int Exit { get; init; }

    /// <summary>Graph of this exit's stage alone: the previous stage's <c>map</c> (or the pictures) in; <c>map</c>, <c>feature</c>, <c>logits</c> out.</summary>
    public required string StageFile { get; init; }

    /// <summary>Graph of the compact model that ends here: pictures in; <c>feature</c>, <c>logits</c> out.</summary>
    public required string ModelFile { get; init; }

    /// <summary>Parameters that running to this exit needs.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-accumulates that running to this exit takes for one image, the shallower exits' branches not counted.</summary>
    public required long Macs { get; init; }

    /// <summary>Multiply-accumulates of this exit's branch and classifier: spent too where a shallower exit was asked and did not answer.</summary>
    public required long BranchMacs { get; init; }

    /// <summary>Logits are divided by this before softmax; chosen on held-out images without labels.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>An answer of at least this confidence is taken here, by default.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>Agreement with the deepest exit on held-out images.</summary>
    public double? Agreement { get; init; }

    /// <summary>Share of held-out images an 8-bit exit answers as the same exit does in floats; null in a float model.</summary>
    public double? FloatAgreement { get; init; }

    /// <summary>
    /// Accuracy of this exit's answers on held-out images, each cluster standing for the commonest class of its training images; null without labels.
    /// </summary>
    public double? Accuracy { get; init; }

    /// <summary>Images a second of the compact graph on the machine of the export, in batches of 64, decoding not counted; null where it was not measured.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Weighted k-NN accuracy of the float feature, where labels were at hand.</summary>
    public double? Knn { get; init; }

    /// <summary>Linear probe accuracy of the float feature, where labels were at hand.</summary>
    public double? Linear { get; init; }

    /// <summary>Accuracy of the float exit's majority map of clusters to classes on the evaluation images, where labels were at hand.</summary>
    public double? Purity { get; init; }
}

/// <summary>One setting of the thresholds, measured on held-out images.</summary>
/// <param name="Thresholds">Confidence asked of each exit; the deepest always answers.</param>
/// <param name="Agreement">Share of images answered as the deepest exit answers.</param>
/// <param name="MeanMacs">Mean multiply-accumulates an image.</param>
public sealed record TradeOff(IReadOnlyList<double> Thresholds, double Agreement, double MeanMacs)
{
    /// <summary>Accuracy of the answers, each cluster standing for the commonest class of its training images; null without labels.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Images a second on the machine of the export, in batches of 64, decoding not counted; null where it was not measured.</summary>
    public double? ImagesPerSecond { get; init; }
}
