using System.Globalization;
using System.Xml.Linq;
using Autodidact.Configuration;
using Autodidact.Files;
using Autodidact.Images;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Reporting;
using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>A written report.</summary>
/// <param name="Path">The page.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Gaps">Parts it leaves out that a reader would expect, a line each.</param>
internal sealed record WrittenReport(string Path, long Bytes, IReadOnlyList<string> Gaps);

/// <summary>
/// The page that shows a run: what was run, what every exit is worth, how training went, what the clusters hold, and what to try next. It
/// takes what is in the run directory, of a run that goes on too, and leaves out what is not there.
/// </summary>
internal static class RunReport
{
    /// <summary>Most images a map may show.</summary>
    public const int LargestMap = 5_000;

    /// <summary>Most pictures contact sheets may show.</summary>
    public const int MostPictures = 1_000;

    private const int MostSkipped = 200;

    /// <summary>Writes <c>report.html</c> into a run directory.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="options">Its content.</param>
    /// <param name="cancellationToken">Stops the work; an earlier report then stays.</param>
    /// <exception cref="AutodidactException">It is no run, its records cannot be read, or the page cannot be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static WrittenReport Write(string run, RunReportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MapPoints is < 0 or > LargestMap)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MapPoints, $"points of the map: 0 to {LargestMap}");
        }
        if (options.Pictures is < 0 or > MostPictures)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Pictures, $"pictures: 0 to {MostPictures}");
        }
        using var facts = RunFacts.Read(run, cancellationToken);
        var page = Page(facts, options, cancellationToken).ToString();
        AtomicFile.WriteText(facts.Paths.Report, page);
        return new WrittenReport(facts.Paths.Report, new FileInfo(facts.Paths.Report).Length, facts.Gaps);
    }

    private static HtmlPage Page(RunFacts facts, RunReportOptions options, CancellationToken cancellationToken)
    {
        FeatureMap? map = null;
        if (options.MapPoints > 0 && facts is { Data: not null, Features: { } features })
        {
            facts.Try("the map of the features", () => map = FeatureMap.Of(features, options.MapPoints, cancellationToken));
        }
        var version = facts.Record.Versions.GetValueOrDefault("autodidact");
        var created = facts.Record.Created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var page = new HtmlPage(facts.Name) { Subtitle = $"A report of Autodidact {version}: run of {created} UTC" };
        page.Add("run", "What was run", [RunTable(facts), facts.Gaps.Select(HtmlPage.Paragraph)]);
        AddAdvice(page, facts);
        AddResults(page, facts);
        AddCurves(page, facts);
        AddClusters(page, facts, options);
        if (map is not null) AddMap(page, facts, facts.Data!, map);
        AddSkipped(page, facts);
        page.Add("options", "Options", OptionTables(facts));
        return page;
    }

    private static XElement RunTable(RunFacts facts)
    {
        var (record, hardware) = (facts.Record, facts.Record.Hardware);
        var rows = RunDescription.Rows(facts.Summary, facts.Options.Data.Source, facts.Paths.Root)
            .Append(("seed", record.Seed.ToString(CultureInfo.InvariantCulture)))
            .Append(("program", string.Join(", ", Program(record))));
        if (hardware is not null)
        {
            var (threads, memory) = (Plural.Of(hardware.Threads, "thread"), Figures.Count(hardware.MemoryMb));
            rows = rows.Append(("machine", $"{hardware.Processor}, {threads}, {memory} MB, {hardware.Platform}{hardware.Beside}"));
        }

        return HtmlPage.Table("Data, stages, time and place", ["", ""], rows.Select(row => new[] { row.Item1, row.Item2 }), numbers: false);
    }

    private static IEnumerable<string> Program(RunRecord record)
    {
        foreach (var (part, version) in record.Versions) yield return $"{part} {version}";
        if (record.Commit is { } commit) yield return $"commit {commit}";
    }

    private static void AddAdvice(HtmlPage page, RunFacts facts)
    {
        var found = AdviceRules.For(
            new AdviceInput(facts.Summary, facts.Metrics, facts.Clusters, facts.Options.Pretrain is { Encoder: null, Features: null }));
        if (found.Count > 0)
        {
            var items = found.Select(a => Html.Element("li", Html.Element("strong", a.Finding), a.Remedy));
            page.Add("next", "What to try next", Html.Element("ul", Html.Attribute("class", "advice"), items));
        }
    }

    private static void AddResults(HtmlPage page, RunFacts facts)
    {
        List<ScoreRow> rows = [.. ScoreTable.Rows(facts.Summary)];
        if (rows.All(row => row.Scores == new RepresentationScores())) return;
        var columns = ScoreTable.Columns.Where(column => rows.Any(row => column.Cell(row) != Figures.Absent)).ToList();
        var early = RunDescription.EarlyExitRows(facts.Summary).ToList() is { Count: > 0 } measured
            ? HtmlPage.Table(
                "Early exits on held-out images",
                ["confidence asked", "agreement", "mean MACs", "of the deepest's", "accuracy", "images/s, exported"],
                measured)
            : facts.Summary.Exits is { Count: > 0 }
                ? HtmlPage.Paragraph("The export measures early exits: autodidact export, with this run's directory.")
                : null;
        page.Add(
            "results",
            "Results",
            HtmlPage.Table(
                facts.Summary.Data?.EvalImages is > 0 and var images
                    ? $"Measured on {Plural.Of(images, "evaluation image")}"
                    : "Measured on held-out images",
                ["", .. columns.Select(c => c.Header)],
                rows.Select(row => (string[])[row.Name, .. columns.Select(c => c.Cell(row))]),
                stressed: [rows.FindIndex(row => row.IsDeepest)]),
            RunDescription.Legend(facts.Summary) is { } legend ? HtmlPage.Paragraph(legend) : null,
            page.Charts([.. CostCharts.OfExits(facts.Summary), .. facts.Model is { } model ? CostCharts.OfEarlyExits(model) : []]),
            early);
    }

    private static void AddCurves(HtmlPage page, RunFacts facts)
    {
        foreach (var (stage, heading) in new[] { ("pretrain", "Pre-training"), ("distill", "Distillation") })
        {
            List<PlotChart> charts = [.. CurveCharts.Of(facts.Metrics, stage)];
            if (charts.Count > 0) page.Add(stage, heading, page.Charts(charts));
        }
    }

    private static void AddClusters(HtmlPage page, RunFacts facts, RunReportOptions options)
    {
        if (facts.Clusters is not { } clusters) return;
        int[] order = [.. Enumerable.Range(0, clusters.Count).OrderByDescending(c => clusters.Sizes[c])];
        var charts = new List<Chart>
        {
            new BarChart(
                "Sizes of the clusters",
                $"Bars: images in each of {clusters.Count} clusters, the largest first.",
                new ChartAxis("clusters, the largest first", ValueFormat.Count),
                new ChartAxis("training images", ValueFormat.Count),
                [.. order.Select(c => $"cluster {facts.ClusterName(c)}")],
                [.. order.Select(c => (double)clusters.Sizes[c])]),
        };
        if (facts is { Answers: { } answers, Classes: { } classes }
            && ConfusionChart.Of(answers, classes, facts.ClusterName) is { } confusion)
        {
            charts.Add(confusion);
        }

        page.Add("clusters", "Clusters", page.Charts(charts), Sheets(facts, clusters, options));
    }

    private static object?[] Sheets(RunFacts facts, ClusterFacts clusters, RunReportOptions options)
    {
        if (facts.Data is null || ContactSheets.Choose(clusters, options.Pictures) is not { Count: > 0 } sheets) return [];
        var pictures = Pictures.Elements(facts.Data.Train, [.. sheets.SelectMany(s => s.Nearest.Concat(s.Borderline))]);
        var filled = clusters.Sizes.Count(size => size > 0);
        var left = sheets.Count < filled ? $" {sheets.Count} of {filled} clusters are shown, spread evenly over their sizes." : "";
        return
        [
            Html.Element("h3", "What the clusters hold"),
            HtmlPage.Paragraph(
                "Training images: first those nearest to the cluster's centroid, then the closest calls, "
                + $"which almost went to another cluster.{left}"),
            Html.Element("div", Html.Attribute("class", "sheets"), sheets.Select(sheet => Html.Element(
                "div",
                Html.Attribute("class", "sheet"),
                Html.Element("h3", HtmlPage.Words($"Cluster {facts.ClusterName(sheet.Cluster)}")),
                Html.Element("p", $"{Plural.Of(clusters.Sizes[sheet.Cluster], "image")}{Majority(facts, clusters, sheet.Cluster)}"),
                Html.Element(
                    "div",
                    Html.Attribute("class", "rows"),
                    Row("nearest", sheet.Nearest),
                    sheet.Borderline.Count > 0 ? Row("closest calls", sheet.Borderline) : null)))),
        ];

        XElement Row(string name, IReadOnlyList<int> positions) => Html.Element(
            "div",
            Html.Element("p", name),
            Html.Element("div", Html.Attribute("class", "pictures"), positions.Select(p => pictures[p])));
    }

    private static string Majority(RunFacts facts, ClusterFacts clusters, int cluster)
    {
        if (facts.Classes is not { } classes) return "";
        var members = Enumerable.Range(0, clusters.Assignments.Length)
            .Where(i => clusters.Assignments[i] == cluster && classes.Train[i] >= 0)
            .CountBy(i => classes.Train[i])
            .ToList();
        if (members.Count == 0) return "";
        var (best, count) = members.MaxBy(c => c.Value);
        return $", {Figures.Percent(count / (double)members.Sum(c => c.Value))} {classes.Names[best]}";
    }

    private static void AddMap(HtmlPage page, RunFacts facts, PreparedData data, FeatureMap map)
    {
        var layouts = new Dictionary<string, IReadOnlyList<int>>();
        if (map.Neighbours is { } neighbours) layouts["t-SNE"] = PlotScale.Whole(neighbours);
        layouts["PCA"] = PlotScale.Whole(map.Principal);
        var colourings = new List<PointColouring>();
        if (facts.Clusters is { } clusters)
        {
            string[] names = [.. Enumerable.Range(0, clusters.Count).Select(facts.ClusterName)];
            colourings.Add(new("cluster", names, [.. map.Positions.Select(p => clusters.Assignments[p])]));
        }

        if (facts.Classes is { } classes) colourings.Add(new("class", classes.Names, [.. map.Positions.Select(p => classes.Train[p])]));
        if (colourings.Count == 0) return;
        var all = map.Positions.Length == data.Train.Count;
        page.Add("map", "Map of the features", page.Charts(new PointMap(
            "The encoder's features in the plane",
            "Map: each point is a training image, near to images with like features.",
            [.. map.Positions.Select(data.Train.Key)],
            layouts,
            colourings,
            Pictures.Sheet(data.Train, map.Positions))
        {
            Wide = true,
            Height = 620,
            Note = $"{(all ? "all" : "an even sample of")} {Plural.Of(map.Positions.Length, "training image")}; point at one to see it. "
                + "t-SNE keeps neighbours together: distances between groups mean little there",
        }));
    }

    private static void AddSkipped(HtmlPage page, RunFacts facts)
    {
        if (facts.Skipped.Count == 0) return;
        page.Add(
            "skipped",
            "Images left out",
            HtmlPage.Table(
                "Reasons",
                ["reason", "images"],
                facts.Skipped.CountBy(s => s.Reason).OrderByDescending(r => r.Value).Take(MostSkipped)
                    .Select(r => new[] { r.Key, Figures.Count(r.Value) }),
                numbers: false),
            Html.Element(
                "details",
                Html.Element(
                    "summary",
                    facts.Skipped.Count > MostSkipped
                        ? $"The first {MostSkipped} of {Figures.Count(facts.Skipped.Count)} (skipped.csv has all)"
                        : "Each of them"),
                HtmlPage.Table(
                    "Images left out",
                    ["image", "reason"],
                    facts.Skipped.Take(MostSkipped).Select(s => new[] { s.Key, s.Reason }),
                    numbers: false)));
    }

    private static object?[] OptionTables(RunFacts facts)
    {
        var preset = Presets.Get(facts.Options.Preset, PretrainMethods.Find(facts.Options.Pretrain.Method)?.Name);
        var changed = OptionBinder.Diff(preset, facts.Options);
        return
        [
            changed.Count == 0
                ? HtmlPage.Paragraph($"All are those of the preset {facts.Options.Preset}.")
                : HtmlPage.Table(
                    $"Options that are not those of the preset {facts.Options.Preset}",
                    ["option", "preset", "this run"],
                    changed.Select(d => new[] { d.Name, d.Old, d.New }),
                    numbers: false),
            Html.Element(
                "details",
                Html.Element("summary", "All options"),
                HtmlPage.Table(
                    "All options",
                    ["option", "value"],
                    OptionBinder.Describe(facts.Options).Select(o => new[] { o.Name, o.Default }),
                    numbers: false)),
        ];
    }
}
