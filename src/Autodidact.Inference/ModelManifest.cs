using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Autodidact.Files;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Inference;

/// <summary>The description of an exported model: the file <c>model.json</c> beside its graphs.</summary>
public sealed record ModelManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "model.json";

    /// <summary>The layout this version writes and reads.</summary>
    public const int CurrentSchema = 1;

    private const string GraphExtension = ".onnx";
    private const long LargestFile = 16 << 20;
    private const int MostExits = 64;
    private const int MostClusters = 1 << 20;

    /// <summary>Layout of the file.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Architecture of the backbone.</summary>
    public required string Architecture { get; init; }

    /// <summary>Number format of the weights: <c>float32</c> or <c>int8</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>The pictures the exits take.</summary>
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

    /// <summary>Settings of the thresholds with their cost and agreement on held-out images, from the strictest to the loosest.</summary>
    public IReadOnlyList<TradeOff> TradeOffs { get; init; } = [];

    /// <summary>
    /// SHA-256 of each graph by file name, in lower-case hexadecimal; <see cref="Save"/> writes them. Empty in models exported before it
    /// did.
    /// </summary>
    public IReadOnlyDictionary<string, string> Sha256 { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the model came from: run, version, commit, time, data.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Digest of everything else that the file says; null in models exported before <see cref="Save"/> wrote it.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal string? Digest { get; init; }

    /// <summary>Whether a folder is a model, or a run that has one.</summary>
    /// <param name="folder">The folder.</param>
    public static bool Exists(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return File.Exists(Path.Combine(FolderOf(folder), FileName));
    }

    /// <summary>Reads and checks the manifest of a model.</summary>
    /// <param name="folder">A folder that <c>autodidact export</c> made, or the run directory it belongs to.</param>
    /// <exception cref="AutodidactException">It is missing or not one; kind Data.</exception>
    public static ModelManifest Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        folder = FolderOf(folder);
        var path = Path.Combine(folder, FileName);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new AutodidactException(
                    FailureKind.Data,
                    RunDirectory.Exists(folder)
                        ? $"{folder} is a run without an exported model: run 'autodidact export {folder}' first"
                        : $"{folder} holds no {FileName}: name a folder that 'autodidact export' made, or the run it belongs to");
            }

            var json = RegularFile.ReadAll(path, LargestFile);
            var manifest = JsonInput.Read<ModelManifest>(json, CurrentSchema, OptionJson.Reading, problem => Bad(path, problem));
            if (manifest.Problem() is { } problem) throw Bad(path, problem);
            return manifest.Digest is null || manifest.Digest == DigestOf(json) ? manifest : throw Changed(path);
        }
        catch (UnreadableFileException e)
        {
            throw Bad(path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be read ({OneLine.From(e.Message)}): check its permissions", e);
        }
    }

    /// <summary>
    /// Writes the manifest into a model's folder, atomically, with the digests of the graphs that lie there and of the manifest itself.
    /// </summary>
    /// <param name="folder">The folder.</param>
    public void Save(string folder)
    {
        var digests = Directory.GetFiles(folder, "*" + GraphExtension).Order(StringComparer.Ordinal)
            .ToDictionary(file => Path.GetFileName(file), DigestOf);
        var options = OptionJson.SerializerOptions;
        var written = this with { Sha256 = digests };
        written = written with { Digest = ManifestDigest.Of(JsonSerializer.SerializeToElement(written, options)) };
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, written, options));
    }

    /// <summary>The folder of the model that a folder is or, as a run directory, has; the folder itself where there is none.</summary>
    internal static string FolderOf(string folder)
    {
        var ofRun = Path.Combine(folder, RunPaths.ModelFolder);

        // An export that was killed where a system needs two renames has left the model under another name.
        string[] places = [folder, FolderSwap.AsideOf(Path.TrimEndingDirectorySeparator(folder)), ofRun, FolderSwap.AsideOf(ofRun)];
        return places.FirstOrDefault(place => File.Exists(Path.Combine(place, FileName))) ?? folder;
    }

    /// <summary>Names of the graphs that the model runs, and of others that it has digests of.</summary>
    [JsonIgnore]
    internal IEnumerable<string> Graphs => Files.Concat(Sha256.Keys.Where(IsPlainName)).Distinct();

    private IEnumerable<string> Files => Exits.SelectMany(e => new[] { e.StageFile, e.ModelFile })
        .Concat(new[] { Input.PreprocessingFile, Encoder?.File, Encoder?.Input.PreprocessingFile }.OfType<string>());

    /// <summary>Digest that a graph's file must have; null where the manifest carries none at all.</summary>
    internal string? DigestOfGraph(string file) => Sha256.Count == 0 ? null : Sha256[file];

    /// <summary>The first thing that is wrong, or null.</summary>
    private string? Problem()
    {
        if (Precision is not ("float32" or "int8"))
        {
            return $"it has the precision '{Precision}', and float32 and int8 are read";
        }

        if (Architecture.Any(char.IsControl))
        {
            return "its architecture is no name";
        }

        if (FeatureSize is < 1 or > ManifestEncoder.LargestFeature || Clusters is < 1 or > MostClusters)
        {
            return "its sizes are impossible";
        }

        if (Names is { } names && (names.Count != Clusters || names.Any(n => n is null || n.Any(char.IsControl))))
        {
            return $"it must name all of {Clusters} clusters, in plain text, or none";
        }

        return Input.Problem() ?? Encoder?.Problem() ?? ExitsProblem() ?? TradeOffsProblem() ?? FilesProblem();
    }

    private string? ExitsProblem()
    {
        if (Exits.Count is < 1 or > MostExits || Exits.Any(e => e is null))
        {
            return $"it must list 1 to {MostExits} exits";
        }

        return Exits.Where((e, i) => e.Exit != i + 1).Any()
            ? "its exits are not numbered from 1 in their order"
            : Exits.FirstOrDefault(e => !e.IsPossible) is { } bad ? $"the figures of exit {bad.Exit} are impossible" : null;
    }

    private string? TradeOffsProblem() =>
        TradeOffs.Any(t => t is null || t.Thresholds.Count != Exits.Count || !t.IsPossible) ? "one of its trade-offs is impossible" : null;

    private string? FilesProblem()
    {
        // A name from a file must not lead out of the model's folder, on any system.
        if (Files.FirstOrDefault(f => !IsPlainName(f)) is { } outside)
        {
            return $"'{OneLine.From(outside)}' is not the name of a file in its folder: "
                + $"letters, digits, '-', '_' and '.', ending in {GraphExtension}";
        }

        if (Sha256.Count > 0 && Files.FirstOrDefault(f => !Sha256.ContainsKey(f)) is { } without)
        {
            return $"it has digests, but none of {without}";
        }

        return Sha256.Values.Any(d => d is not { Length: 64 } || !d.All(char.IsAsciiHexDigitLower)) ? "one of its digests is none" : null;
    }

    private static bool IsPlainName(string file) => file.EndsWith(GraphExtension, StringComparison.Ordinal)
        && file.Length is > 5 and <= 100 && file[0] != '.' && file.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string DigestOf(string file)
    {
        using var stream = RegularFile.Open(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Of the document as it lies there: fields that a later version adds do not change it.</summary>
    private static string DigestOf(byte[] json)
    {
        using var stream = new MemoryStream(json);
        using var document = JsonDocument.Parse(stream);
        return ManifestDigest.Of(document.RootElement);
    }

    private static AutodidactException Changed(string path) => new(
        FailureKind.Data,
        $"{path}: not what was written, it was damaged or changed: export the model again, "
            + "or remove its field 'digest' if it was edited on purpose");

    private static AutodidactException Bad(string path, string what) =>
        new(FailureKind.Data, $"{path}: not a model of this version: {OneLine.From(what)}: export it again");
}

/// <summary>The pictures a network takes, and their preprocessing.</summary>
/// <param name="Side">
/// Side of the square pictures it takes: decoded, EXIF orientation applied, colours brought to sRGB, the shorter side resized to this
/// (antialiased Lanczos-3), the centre cropped, transparency flattened on white.
/// </param>
/// <param name="ViewSize">
/// Side of what the network sees; where it differs from <paramref name="Side"/>, the preprocessing resizes (antialiased bilinear).
/// </param>
/// <param name="Mean">Mean of red, green, blue (0 to 1) that the preprocessing subtracts.</param>
/// <param name="Std">Standard deviations it divides by.</param>
/// <param name="PreprocessingFile">
/// Graph from pictures (<c>pixels</c>, uint8 [N, side, side, 3]) to what the others take (<c>images</c>, float32 [N, 3, view, view]); null
/// where each of them begins with it and takes <c>pixels</c>.
/// </param>
public sealed record ManifestInput(int Side, int ViewSize, IReadOnlyList<float> Mean, IReadOnlyList<float> Std, string? PreprocessingFile)
{
    private const int LargestSide = 4096;

    /// <summary>The first thing that is wrong, or null.</summary>
    internal string? Problem() =>
        Side is < 1 or > LargestSide || ViewSize is < 1 or > LargestSide ? $"the side of its images must be 1 to {LargestSide}"
        : Mean.Count != 3 || Std.Count != 3 || !Mean.All(float.IsFinite) || !Std.All(s => s > 0 && float.IsFinite(s))
            ? "mean and std must be three numbers each, std above zero"
        : null;
}

/// <summary>The encoder of an exported model, a graph by itself: pictures in, <c>feature</c> out.</summary>
/// <param name="Architecture">Its architecture.</param>
/// <param name="File">Its graph.</param>
/// <param name="FeatureSize">Size of its feature.</param>
/// <param name="Input">The pictures it takes.</param>
public sealed record ManifestEncoder(string Architecture, string File, int FeatureSize, ManifestInput Input)
{
    internal const int LargestFeature = 1 << 16;

    /// <summary>The first thing that is wrong, or null.</summary>
    internal string? Problem() =>
        FeatureSize is < 1 or > LargestFeature ? "the size of its encoder's feature is impossible" : Input.Problem();
}

/// <summary>An exit of an exported model.</summary>
public sealed record ManifestExit
{
    /// <summary>The export chooses 0.05 to 20.</summary>
    private const double LowestTemperature = 1e-3;
    private const double HighestTemperature = 1e6;

    /// <summary>Sums of the costs of all exits stay whole numbers.</summary>
    private const long Most = 1L << 56;

    /// <summary>Number of the exit, 1 the shallowest.</summary>
    public required int Exit { get; init; }

    /// <summary>
    /// Graph of this exit's stage alone: the previous stage's <c>map</c> (or the pictures) in; <c>map</c>, <c>feature</c>, <c>logits</c>
    /// out.
    /// </summary>
    public required string StageFile { get; init; }

    /// <summary>Graph of the compact model that ends here: pictures in; <c>feature</c>, <c>logits</c> out.</summary>
    public required string ModelFile { get; init; }

    /// <summary>Parameters that running to this exit needs.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-accumulates that running to this exit takes for one image, the shallower exits' branches not counted.</summary>
    public required long Macs { get; init; }

    /// <summary>
    /// Multiply-accumulates of this exit's branch and classifier: spent too where a shallower exit was asked and did not answer.
    /// </summary>
    public required long BranchMacs { get; init; }

    /// <summary>
    /// Logits are divided by this before softmax. Export chooses it on held-out images, without labels, so that the largest probability is
    /// the likelihood that the deepest exit answers the same; the deepest exit keeps 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>An answer of at least this confidence is taken here, by default.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>Agreement with the deepest exit on held-out images.</summary>
    public double? Agreement { get; init; }

    /// <summary>Share of held-out images an 8-bit exit answers as the same exit does in floats; null in a float model.</summary>
    public double? FloatAgreement { get; init; }

    /// <summary>
    /// Accuracy of this exit's answers on held-out images, each cluster standing for the commonest class of its training images; null
    /// without labels.
    /// </summary>
    public double? Accuracy { get; init; }

    /// <summary>
    /// Images a second of the compact graph on the machine of the export, in batches of 64, decoding not counted; null where it was not
    /// measured.
    /// </summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Weighted k-NN accuracy of the float feature, where labels were at hand.</summary>
    public double? Knn { get; init; }

    /// <summary>Linear probe accuracy of the float feature, where labels were at hand.</summary>
    public double? Linear { get; init; }

    /// <summary>
    /// Accuracy of the float exit's majority map of clusters to classes on the evaluation images, where labels were at hand.
    /// </summary>
    public double? Purity { get; init; }

    /// <summary>Whether the figures that answers are made with can be.</summary>
    internal bool IsPossible => Temperature is >= LowestTemperature and <= HighestTemperature && double.IsFinite(Threshold)
        && Agreement is null or (>= 0 and <= 1)
        && Parameters is >= 0 and <= Most && Macs is >= 0 and <= Most && BranchMacs >= 0 && BranchMacs <= Macs;
}

/// <summary>One setting of the thresholds, measured on held-out images.</summary>
/// <param name="Thresholds">Confidence asked of each exit; the deepest always answers.</param>
/// <param name="Agreement">Share of images answered as the deepest exit answers.</param>
/// <param name="MeanMacs">Mean multiply-accumulates an image.</param>
public sealed record TradeOff(IReadOnlyList<double> Thresholds, double Agreement, double MeanMacs)
{
    /// <summary>
    /// Accuracy of the answers, each cluster standing for the commonest class of its training images; null without labels.
    /// </summary>
    public double? Accuracy { get; init; }

    /// <summary>
    /// Images a second on the machine of the export, in batches of 64, decoding not counted; null where it was not measured.
    /// </summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Whether the figures that policies are made of can be.</summary>
    internal bool IsPossible => Thresholds.All(double.IsFinite) && Agreement is >= 0 and <= 1 && MeanMacs >= 0 && double.IsFinite(MeanMacs);
}
