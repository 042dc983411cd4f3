using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Autodidact.Configuration;
using Autodidact.Files;
using Autodidact.Options;
using Autodidact.Pipeline;

namespace Autodidact.Experiments;

/// <summary>An experiment as its file spells it (snake_case names): what all runs have in common, and what the variants change.</summary>
internal sealed record ExperimentFile
{
    /// <summary>In memory a document takes up to a hundred times its size.</summary>
    private const int LargestText = 1 << 20;

    /// <summary>Name of the experiment; its folder has it too where <see cref="Out"/> names no other.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Request of every run: the fields are those of <c>run.json</c>'s request. Relative paths start from the file's folder.
    /// </summary>
    public RunRequest Base { get; init; } = new();

    /// <summary>The variants, in the order of the tables.</summary>
    public required IReadOnlyList<ExperimentVariant> Variants { get; init; }

    /// <summary>The seeds; each varies encoder, clusters and student together.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Name of the variant the others are compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>The figures wanted, such as <c>exits.4.linear</c> or <c>ensemble.knn</c>; see <see cref="MetricColumn"/>.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>Pairs of variants or figures to compare besides each variant with the baseline.</summary>
    public IReadOnlyList<ExperimentComparison> Comparisons { get; init; } = [];

    /// <summary>Folder of results and runs; null is a folder of the experiment's name beside the file.</summary>
    public string? Out { get; init; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It is missing (kind Data), or not an experiment (kind Usage).</exception>
    public static ExperimentFile Load(string path)
    {
        if (!File.Exists(path)) throw new AutodidactException(FailureKind.Data, $"{path}: no such file: name an experiment's .json file");
        try
        {
            return Parse(RegularFile.ReadText(path, RegularFile.MostRecordBytes), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be read ({OneLine.From(e.Message)}): name an experiment's .json file", e);
        }
    }

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">Where it came from, for messages.</param>
    /// <exception cref="AutodidactException">It is not an experiment; kind Usage.</exception>
    public static ExperimentFile Parse(string text, string origin)
    {
        if (text.Length > LargestText)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"{origin}: not an experiment: it is longer than {LargestText >> 20} million characters: divide it");
        }

        try
        {
            var node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            });
            if (node is not JsonObject root) throw new JsonException("expected an object");
            CheckNames(root, typeof(ExperimentFile), origin);
            if (root["base"] is JsonObject request) CheckKnown(request, RunRequest.Names, $"{origin}: base");
            CheckEntries(root, "variants", typeof(ExperimentVariant), origin);
            CheckEntries(root, "comparisons", typeof(ExperimentComparison), origin);

            return root.Deserialize<ExperimentFile>(OptionJson.Reading)!;
        }
        catch (InvalidOperationException e)
        {
            // A node is read when it is asked for: text may turn out to be no Unicode.
            throw Refused(OneLine.From(e.Message), e);
        }
        catch (JsonException e)
        {
            throw Refused(JsonInput.Problem(e, ofNode: e.Path is not null), e);
        }

        AutodidactException Refused(string problem, Exception cause) => new(
            FailureKind.Usage,
            $"{origin}: not an experiment: {problem}: correct it (docs/how-to/experiments.md has an example)",
            cause);
    }

    private static void CheckEntries(JsonObject root, string list, Type type, string origin)
    {
        if (root[list] is not JsonArray entries) return;
        if (entries.Contains(null))
        {
            throw new AutodidactException(FailureKind.Usage, $"{origin}: {list}: null stands where a value is needed: remove it");
        }
        foreach (var entry in entries.OfType<JsonObject>()) CheckNames(entry, type, $"{origin}: {list}");
    }

    private static void CheckNames(JsonObject given, Type type, string where)
    {
        var properties = type.GetProperties().Where(p => p.SetMethod is not null).ToList();
        string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
        CheckKnown(given, [.. properties.Select(p => NameOf(p.Name))], where);
        var missing = properties
            .Where(p => p.IsDefined(typeof(RequiredMemberAttribute), inherit: false) && !given.ContainsKey(NameOf(p.Name)))
            .Select(p => NameOf(p.Name)).ToList();
        if (missing.Count > 0)
        {
            throw new AutodidactException(FailureKind.Usage, $"{where}: {string.Join(", ", missing)} missing: add what is missing");
        }
    }

    private static void CheckKnown(JsonObject given, IReadOnlyList<string> known, string where)
    {
        if (given.Select(p => p.Key).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{where}: unknown field '{unknown}'{NearestNames.Hint(unknown, known)} (known: {string.Join(", ", known)})");
        }
    }
}

/// <summary>One variant: what it sets differently.</summary>
internal sealed record ExperimentVariant
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Options as <c>name=value</c>, as <c>--set</c> takes them.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];
}
