using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>
/// One figure of a summary by name: <c>exits.4.linear</c>, <c>ensemble.knn</c> (short for <c>exits.ensemble.knn</c>), <c>pretrain.knn</c>, <c>cluster.nmi</c>,
/// <c>raw_pixels.accuracy</c>, <c>exits.mean.linear</c> (over all exits that were trained, without the ensemble); or the difference of two figures of the same run, <c>exits.4.linear - pretrain.linear</c>.
/// </summary>
internal sealed class MetricColumn
{
    private const string Minus = " - ";
    private const string ExitsPart = "exits";
    private const string MeanPart = "mean";

    private static readonly string[] Fractions = ["knn", "linear", "agreement", "nmi", "ari", "accuracy", "kmeans_accuracy", "purity"];

    private static readonly (string Part, Type Type, Func<Summary, object?> Of)[] Parts =
    [
        ("data", typeof(DataSummary), s => s.Data),
        ("raw_pixels", typeof(RepresentationSummary), s => s.RawPixels),
        ("untrained", typeof(RepresentationSummary), s => s.Untrained),
        ("pretrain", typeof(PretrainSummary), s => s.Pretrain),
        ("cluster", typeof(ClusterSummary), s => s.Cluster),
        ("distill", typeof(DistillSummary), s => s.Distill),
    ];

    private readonly Func<Summary, double?> _read;

    private MetricColumn(string name, bool isFraction, Func<Summary, double?> read)
    {
        Name = name;
        IsFraction = isFraction;
        _read = read;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether it is a fraction, which tables show in percent; the difference of two is in points.</summary>
    public bool IsFraction { get; }

    /// <summary>Whether it is the difference of two figures, so that its own mean has an interval worth reading.</summary>
    public bool IsDifference { get; private init; }

    /// <summary>The exit it is measured at: its number or <see cref="ExitSummary.Ensemble"/>; null for what is no figure of one exit.</summary>
    public string? Exit { get; private init; }

    /// <summary>What it is called in its part of the summary, such as <c>linear</c>; null for a difference.</summary>
    public string? Figure { get; private init; }

    /// <summary>A figure, or the difference of two, by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name, or the two cannot be subtracted; kind Usage.</exception>
    public static MetricColumn Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var sides = name.Split(Minus);
        if (sides.Length == 1) return ParseFigure(name);
        if (sides.Length > 2) throw new AutodidactException(FailureKind.Usage, $"metric '{name}': a difference has two sides: write A{Minus}B");
        var (left, right) = (ParseFigure(sides[0]), ParseFigure(sides[1]));
        if (sides[0] == sides[1] || (left.Exit is not null && left.Exit == right.Exit && left.Figure == right.Figure))
        {
            throw new AutodidactException(FailureKind.Usage, $"metric '{name}': both sides are the same figure: name two");
        }

        return left.IsFraction == right.IsFraction
            ? new MetricColumn(name, left.IsFraction, summary => left.Read(summary) - right.Read(summary)) { IsDifference = true }
            : throw new AutodidactException(FailureKind.Usage, $"metric '{name}': one side is a fraction and the other is not: subtract figures of one kind");
    }

    /// <summary>The figure; null where it, or a side of it, was not measured.</summary>
    /// <param name="summary">What a run measured.</param>
    public double? Read(Summary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return _read(summary);
    }

    private static MetricColumn ParseFigure(string name)
    {
        var words = name.Split('.');
        if (words is [ExitsPart, var exit, var ofExit] && (exit == ExitSummary.Ensemble || IsExitNumber(exit))) return OfExit(name, exit, ofExit);
        if (words is [ExitsPart, MeanPart, var ofMean]) return OfMean(name, ofMean);
        if (words is [ExitSummary.Ensemble, var ofEnsemble]) return OfExit(name, ExitSummary.Ensemble, ofEnsemble);
        if (words is [var part, var ofPart] && Array.Find(Parts, p => p.Part == part) is { Part: not null } known) return Of(name, known.Type, ofPart, known.Of);
        var hint = words is [ExitsPart, ..] ? "" : NearestNames.Hint(words[0], [.. Parts.Select(p => p.Part), ExitsPart, ExitSummary.Ensemble]);
        if (name.Contains('-', StringComparison.Ordinal)) hint = $"; a difference is written with spaces, A{Minus}B";
        throw new AutodidactException(
            FailureKind.Usage, $"metric '{name}': expected a figure of summary.json, such as exits.4.linear, ensemble.knn or cluster.nmi{hint}");
    }

    // As summaries spell it: exit 04 would never be found.
    private static bool IsExitNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && text[0] != '0';

    private static MetricColumn OfExit(string name, string exit, string figure) =>
        Of(name, typeof(ExitSummary), figure, s => s.Exits?.FirstOrDefault(e => e.Exit == exit), exit);

    private static MetricColumn OfMean(string name, string figure)
    {
        var isFraction = OfExit(name, "1", figure).IsFraction;
        return new MetricColumn(name, isFraction, summary =>
        {
            var values = (summary.Exits ?? []).Where(e => e.Exit != ExitSummary.Ensemble).Select(e => OfExit(name, e.Exit, figure).Read(summary)).ToList();

            // Where one exit alone was trained, nothing was measured of the others, and it is its own mean.
            return values.Average();
        })
        { Figure = figure };
    }

    private static MetricColumn Of(string name, Type type, string figure, Func<Summary, object?> part, string? exit = null)
    {
        var figures = type.GetProperties()
            .Where(p => p.SetMethod is not null && (Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType) is var t && (t == typeof(double) || t == typeof(long) || t == typeof(int)))
            .ToList();
        var found = figures.Find(p => NameOf(p) == figure) ?? throw new AutodidactException(
            FailureKind.Usage, $"metric '{name}': no figure '{figure}' there{NearestNames.Hint(figure, figures.Select(NameOf))} (known: {string.Join(", ", figures.Select(NameOf))})");
        return new MetricColumn(
            name,
            Fractions.Contains(figure),
            summary => part(summary) is { } of && found.GetValue(of) is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null)
        { Exit = exit, Figure = figure };
    }

    private static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
}
