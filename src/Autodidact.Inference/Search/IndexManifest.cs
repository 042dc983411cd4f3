using System.Text.Json;
using System.Text.Json.Serialization;
using Autodidact.Files;
using Autodidact.Numerics;
using Autodidact.Options;

namespace Autodidact.Inference;

/// <summary>
/// Where the features of an index came from, and digests that bind its files to each other: the JSON file beside the matrix.
/// </summary>
internal sealed record IndexManifest
{
    /// <summary>Ends messages about files that are not those of the index.</summary>
    public const string Remedy = "embed the images again, or delete the .index.json if the file was changed on purpose";

    /// <summary>The layout this version writes and reads.</summary>
    public const int CurrentSchema = 1;

    private const long LargestFile = 64 << 20;

    /// <summary>
    /// Most by which a model's feature of the test picture may differ, as a fraction of its length: another processor or a repeated export
    /// differ by far less, another training by far more.
    /// </summary>
    private const double Tolerance = 0.01;

    /// <summary>Layout of the file.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Whose features they are: the number of an exit, or <c>encoder</c>; null where no model of ours made them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>Architecture of the model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Architecture { get; init; }

    /// <summary>Number format of the model's weights.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Precision { get; init; }

    /// <summary>Where the model came from, as its own manifest says.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>The model's feature of a fixed test picture: a model that gives another one did not make the index.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? TestFeature { get; init; }

    /// <summary>The other files; null in an index of a version that recorded no digests.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IndexParts? Parts { get; init; }

    /// <summary>Digest of everything else that is said here; null where <see cref="Parts"/> is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Digest { get; init; }

    /// <summary>Describes features of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">Whose features.</param>
    /// <exception cref="AutodidactException">
    /// The model has no such exit or no encoder (usage), or its features are not finite (data).
    /// </exception>
    public static IndexManifest Of(EarlyExitModel model, FeatureSource source)
    {
        ArgumentNullException.ThrowIfNull(model);
        var feature = TestFeatureOf(model, source);
        if (!feature.All(float.IsFinite))
        {
            throw new AutodidactException(FailureKind.Data, "the model gives features that are not finite: export it again");
        }

        var isExit = !source.IsEncoder;
        return new IndexManifest
        {
            Source = (isExit && source.Exit == 0 ? FeatureSource.AtExit(model.Manifest.Exits.Count) : source).ToString(),
            Architecture = isExit ? model.Manifest.Architecture : model.Manifest.Encoder!.Architecture,
            Precision = model.Manifest.Precision,
            Provenance = model.Manifest.Provenance,
            TestFeature = feature,
        };
    }

    /// <summary>Whether a model gives the features this tells of.</summary>
    /// <param name="model">The model.</param>
    public bool IsOf(EarlyExitModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (Source is null || TestFeature is null)
        {
            return false;
        }

        var source = FeatureSource.Parse(Source);
        if (source.IsEncoder ? model.Manifest.Encoder is null : source.Exit > model.Manifest.Exits.Count)
        {
            return false;
        }

        var feature = TestFeatureOf(model, source);
        if (feature.Length != TestFeature.Count)
        {
            return false;
        }

        var difference = Math.Sqrt(feature.Zip(TestFeature, (a, b) => ((double)a - b) * ((double)a - b)).Sum());
        return difference <= Tolerance * Math.Sqrt(TestFeature.Sum(v => (double)v * v));
    }

    /// <summary>Reads and checks a manifest.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It is not one; kind Data.</exception>
    internal static IndexManifest Load(string path)
    {
        try
        {
            var json = RegularFile.ReadAll(path, LargestFile);
            var manifest = JsonInput.Read<IndexManifest>(json, CurrentSchema, OptionJson.Reading, problem => Bad(path, problem));
            if (manifest.Source is null ? manifest.Parts is null : manifest.TestFeature is null)
            {
                throw Bad(path, "it does not say whose features they are");
            }

            if (manifest.Parts is { } parts && (parts.Problem() is not null || manifest.Digest != manifest.ComputeDigest()))
            {
                throw Bad(path, parts.Problem() ?? "it was damaged or changed after it was written");
            }

            if (manifest.Source is not null) FeatureSource.Parse(manifest.Source);
            return manifest;
        }
        catch (AutodidactException e) when (e.Kind == FailureKind.Usage)
        {
            throw Bad(path, e.Message);
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

    /// <summary>Writes the manifest and closes its file.</summary>
    /// <param name="file">The file.</param>
    internal void Write(PendingFile file)
    {
        file.Write(stream => JsonSerializer.Serialize(stream, this, OptionJson.SerializerOptions));
        file.Close();
    }

    /// <summary>This manifest with the digests of the other files.</summary>
    /// <param name="parts">The digests.</param>
    internal IndexManifest With(IndexParts parts)
    {
        var bound = this with { Parts = parts };
        return bound with { Digest = bound.ComputeDigest() };
    }

    private string ComputeDigest() => ManifestDigest.Of(
        [
            Source, Architecture, Precision,
            .. (Provenance ?? new Dictionary<string, string>()).SelectMany(p => new[] { p.Key, p.Value }),
            .. Parts?.Texts() ?? [],
        ],
        TestFeature?.ToArray() ?? []);

    private static float[] TestFeatureOf(EarlyExitModel model, FeatureSource source)
    {
        using var features = model.EmbedPixels(TestPicture(model.SideOf(source)), source);
        return features[0].ToArray();
    }

    /// <summary>Eight by eight patches of random colours: the same picture at every size.</summary>
    private static byte[] TestPicture(int side)
    {
        const int Patches = 8;
        var random = new CounterRandom(0);
        var colours = new byte[Patches * Patches * 3];
        for (var i = 0; i < colours.Length; i++)
        {
            colours[i] = (byte)random.NextInt32(256);
        }

        var picture = new byte[side * side * 3];
        for (var i = 0; i < picture.Length; i++)
        {
            var (y, x, channel) = (i / 3 / side, i / 3 % side, i % 3);
            picture[i] = colours[(((y * Patches / side * Patches) + (x * Patches / side)) * 3) + channel];
        }

        return picture;
    }

    private static AutodidactException Bad(string path, string what) =>
        new(FailureKind.Data, $"{path}: not an index of this version: {OneLine.From(what)}: embed the images again");
}
