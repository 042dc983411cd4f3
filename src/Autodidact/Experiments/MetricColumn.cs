using System.Globalization;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>
/// One figure of a summary by name: <c>exits.4.linear</c>, <c>ensemble.knn</c> (short for <c>exits.ensemble.knn</c>), <c>pretrain.knn</c>,
/// <c>cluster.nmi</c>, <c>raw_pixels.accuracy</c>, <c>exits.mean.linear</c> (the mean over all trained exits, without the ensemble). Or the
/// difference of two figures of the same run: <c>exits.4.linear - pretrain.linear</c>.
/// </summary>
internal sealed class MetricColumn
{
    private const string Minus = " - ";
    private const string MeanPart = "mean";

    private static readonly SummaryPart ExitsPart = SummaryLayout.Parts.Single(part => part.Name == SummaryLayout.ExitsKey);

    private readonly Func<Summary, double?> _read;

    private MetricColumn(string name, bool isFraction, Func<Summary, double?> read)
    {
        Name = name;
        IsFraction = isFraction;
        _read = read;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether it is a fraction. Tables show fractions in percent, and the difference of two in points.</summary>
    public bool IsFraction { get; }

    /// <summary>Whether it is the difference of two figures, so that its own mean has an interval worth reading.</summary>
    public bool IsDifference { get; private init; }

    /// <summary>
    /// The exit it is measured at: its number or <see cref="ExitSummary.Ensemble"/>; null where it is not a figure of one exit.
    /// </summary>
    public string? Exit { get; private init; }

    /// <summary>Its name in its part of the summary, such as <c>linear</c>; null for a difference.</summary>
    public string? Figure { get; private init; }

    /// <summary>The two sides of a difference; of every other figure the figure itself.</summary>
    internal IReadOnlyList<MetricColumn> Sides { get => field ?? [this]; private init; }

    /// <summary>The figure's description; null for a difference.</summary>
    internal FigureAttribute? About { get; private init; }

    /// <summary>A figure, or the difference of two, by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name, or the two cannot be subtracted; kind Usage.</exception>
    public static MetricColumn Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var sides = name.Split(Minus);
        if (sides.Length == 1) return ParseFigure(name);
        if (sides.Length > 2)
        {
            throw new AutodidactException(FailureKind.Usage, $"metric '{name}': a difference has two sides: write A{Minus}B");
        }
        var (left, right) = (ParseFigure(sides[0]), ParseFigure(sides[1]));
        if (sides[0] == sides[1] || (left.Exit is not null && left.Exit == right.Exit && left.Figure == right.Figure))
        {
            throw new AutodidactException(FailureKind.Usage, $"metric '{name}': both sides are the same figure: name two");
        }

        return left.IsFraction == right.IsFraction
            ? new MetricColumn(name, left.IsFraction, summary => left.Read(summary) - right.Read(summary))
            {
                IsDifference = true,
                Sides = [left, right],
            }
            : throw new AutodidactException(
                FailureKind.Usage, $"metric '{name}': one side is a fraction and the other is not: subtract figures of one kind");
    }

    /// <summary>The figure; null where it, or a side of it, was not measured.</summary>
    /// <param name="summary">Results of a run.</param>
    public double? Read(Summary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return _read(summary);
    }

    private static MetricColumn ParseFigure(string name)
    {
        var words = name.Split('.');
        if (words is [ExitSummary.Ensemble, var ofEnsemble]) words = [ExitsPart.Name, ExitSummary.Ensemble, ofEnsemble];
        if (words is [var exits, MeanPart, var ofMean] && exits == ExitsPart.Name) return OfMean(name, Find(name, ExitsPart, ofMean));
        if (words is [var part, var exit, var ofExit] && part == ExitsPart.Name && (exit == ExitSummary.Ensemble || IsExitNumber(exit)))
        {
            return OfExit(name, Find(name, ExitsPart, ofExit), exit);
        }

        if (words is [var whole, var ofWhole] && Objects.FirstOrDefault(p => p.Name == whole) is { } known)
        {
            var found = Find(name, known, ofWhole);
            return Of(name, found, summary => known.Read(summary) is { } owner ? found.Number(owner) : null);
        }

        var hint = words[0] == ExitsPart.Name
            ? ""
            : NearestNames.Hint(words[0], [.. Objects.Select(p => p.Name), ExitsPart.Name, ExitSummary.Ensemble]);
        if (name.Contains('-', StringComparison.Ordinal)) hint = $"; a difference is written with spaces, A{Minus}B";
        throw new AutodidactException(
            FailureKind.Usage,
            $"metric '{name}': expected a figure of summary.json, such as exits.4.linear, ensemble.knn or cluster.nmi{hint}");
    }

    private static IEnumerable<SummaryPart> Objects => SummaryLayout.Parts.Where(part => part.Kind == SummaryPartKind.Object);

    // As summaries spell it: exit 04 would never be found.
    private static bool IsExitNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && text[0] != '0';

    private static SummaryFigure Find(string name, SummaryPart part, string figure)
    {
        string[] known = [.. part.Figures.Where(f => f.IsNumber).Select(f => f.Name)];
        return part.Figures.FirstOrDefault(f => f.IsNumber && f.Name == figure) ?? throw new AutodidactException(
            FailureKind.Usage,
            $"metric '{name}': no figure '{figure}' there{NearestNames.Hint(figure, known)} (known: {string.Join(", ", known)})");
    }

    private static MetricColumn Of(string name, SummaryFigure figure, Func<Summary, double?> read, string? exit = null) =>
        new(name, figure.About.Format == FigureFormat.Fraction, read) { Exit = exit, Figure = figure.Name, About = figure.About };

    private static MetricColumn OfExit(string name, SummaryFigure figure, string exit) =>
        Of(name, figure, summary => summary.Exits?.FirstOrDefault(e => e.Exit == exit) is { } row ? figure.Number(row) : null, exit);

    // Nothing is measured of exits that were not trained: where one exit alone was trained, it is its own mean.
    private static MetricColumn OfMean(string name, SummaryFigure figure) =>
        Of(name, figure, summary => (summary.Exits ?? []).Where(row => !row.IsEnsemble).Select(row => figure.Number(row)).Average());
}
