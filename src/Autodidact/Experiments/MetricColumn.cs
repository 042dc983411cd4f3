using System.Reflection;
using System.Text.Json;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>
/// One figure of a summary by name: <c>exits.4.linear</c>, <c>ensemble.knn</c> (short for <c>exits.ensemble.knn</c>), <c>pretrain.knn</c>, <c>cluster.nmi</c>,
/// <c>raw_pixels.accuracy</c>.
/// </summary>
public sealed class MetricColumn
{
    private const string ExitsPart = "exits";

    private static readonly string[] Fractions = ["knn", "linear", "agreement", "nmi", "ari", "accuracy", "purity"];

    private static readonly (string Part, Type Type, Func<Summary, object?> Of)[] Parts =
    [
        ("data", typeof(DataSummary), s => s.Data),
        ("raw_pixels", typeof(RepresentationSummary), s => s.RawPixels),
        ("untrained", typeof(RepresentationSummary), s => s.Untrained),
        ("pretrain", typeof(PretrainSummary), s => s.Pretrain),
        ("cluster", typeof(ClusterSummary), s => s.Cluster),
        ("distill", typeof(DistillSummary), s => s.Distill),
    ];

    private readonly Func<Summary, object?> _part;
    private readonly PropertyInfo _figure;

    private MetricColumn(string name, Func<Summary, object?> part, PropertyInfo figure)
    {
        Name = name;
        _part = part;
        _figure = figure;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether it is a fraction, which tables show in percent.</summary>
    public bool IsFraction => Fractions.Contains(NameOf(_figure));

    /// <summary>A figure by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static MetricColumn Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var words = name.Split('.');
        if (words is [ExitsPart, var exit, var ofExit] && (exit == ExitSummary.Ensemble || (int.TryParse(exit, out var number) && number > 0)))
        {
            return Of(name, typeof(ExitSummary), ofExit, s => s.Exits?.FirstOrDefault(e => e.Exit == exit));
        }

        if (words is [ExitSummary.Ensemble, var ofEnsemble])
        {
            return Of(name, typeof(ExitSummary), ofEnsemble, s => s.Exits?.FirstOrDefault(e => e.Exit == ExitSummary.Ensemble));
        }

        if (words is [var part, var ofPart] && Array.Find(Parts, p => p.Part == part) is { Part: not null } known) return Of(name, known.Type, ofPart, known.Of);
        var first = words is [ExitsPart, ..] ? "" : NearestNames.Hint(words[0], [.. Parts.Select(p => p.Part), ExitsPart, ExitSummary.Ensemble]);
        throw new AutodidactException(
            FailureKind.Usage, $"metric '{name}': expected a figure of summary.json, such as exits.4.linear, ensemble.knn or cluster.nmi{first}");
    }

    /// <summary>The figure; null where it was not measured.</summary>
    /// <param name="summary">What a run measured.</param>
    public double? Read(Summary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return _part(summary) is { } part && _figure.GetValue(part) is { } value ? Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private static MetricColumn Of(string name, Type type, string figure, Func<Summary, object?> part)
    {
        var figures = type.GetProperties()
            .Where(p => p.SetMethod is not null && (Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType) is var t && (t == typeof(double) || t == typeof(long) || t == typeof(int)))
            .ToList();
        return figures.Find(p => NameOf(p) == figure) is { } found
            ? new MetricColumn(name, part, found)
            : throw new AutodidactException(
                FailureKind.Usage, $"metric '{name}': no figure '{figure}' there{NearestNames.Hint(figure, figures.Select(NameOf))} (known: {string.Join(", ", figures.Select(NameOf))})");
    }

    private static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
}
