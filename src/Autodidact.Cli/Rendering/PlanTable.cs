using System.Globalization;
using Autodidact.Options;
using Autodidact.Planning;

namespace Autodidact.Cli.Rendering;

/// <summary>A plan as text: the stages here, then other places.</summary>
internal static class PlanTable
{
    private static readonly string[] StageHeaders = ["", "steps", "s/step", "time", "memory", "disk", "sent"];
    private static readonly string[] PlaceHeaders = ["", "pretrain", "distill", "the rest", "total", "efficiency", "sent"];

    /// <summary>The lines.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="width">Columns of text there is room for.</param>
    public static IEnumerable<string> Render(RunPlan plan, int width)
    {
        foreach (var line in Columns.Wrap(plan.Images, width).Concat(Columns.Wrap(plan.Run, width))) yield return line;
        yield return "";
        foreach (var line in Stages(plan.Here)) yield return line;
        if (plan.Elsewhere.Count > 0)
        {
            yield return "";
            foreach (var line in Table([PlaceHeaders, .. plan.Elsewhere.Select(Row)])) yield return line;
            if (plan.Elsewhere[^1] is { } last)
            {
                yield return "";
                foreach (var line in Stages(last)) yield return line;
            }
        }

        string[] notes = [.. plan.Elsewhere.Select(place => place.Published).OfType<string>().Distinct(), .. plan.Notes];
        if (notes.Length > 0) yield return "";
        foreach (var line in notes.SelectMany(note => Columns.Wrap(note, width))) yield return line;
    }

    private static IEnumerable<string> Stages(PlannedPlace place) => Table(
    [
        [place.Place, .. StageHeaders[1..]],
        .. place.Stages.Select(stage => new[]
        {
            EnumNames.Of(stage.Stage),
            stage.Steps is { } steps ? Count(steps) : "",
            stage.SecondsPerStep is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.000}") : "",
            Time(stage.Seconds),
            stage.MemoryBytes is { } memory ? Size(memory) : "",
            Size(stage.DiskBytes),
            Size(stage.TrafficBytes),
        }),
        [
            "total", "", "", Time(place.Seconds), Size(place.Stages.Max(stage => stage.MemoryBytes ?? 0)),
            Size(place.Stages.Sum(stage => stage.DiskBytes)), Size(place.Stages.Sum(stage => stage.TrafficBytes)),
        ],
    ]);

    private static string[] Row(PlannedPlace place)
    {
        var (pretrain, distill) = (Seconds(place, Runs.Stage.Pretrain), Seconds(place, Runs.Stage.Distill));
        return
        [
            place.Place,
            Time(pretrain),
            Time(distill),
            Time(place.Seconds - pretrain - distill),
            Time(place.Seconds),
            place.Efficiency is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share:0.00}") : "",
            Size(place.Stages.Sum(stage => stage.TrafficBytes)),
        ];
    }

    private static double Seconds(PlannedPlace place, Runs.Stage stage) =>
        place.Stages.Where(one => one.Stage == stage).Sum(one => one.Seconds);

    private static IEnumerable<string> Table(string[][] rows)
    {
        const int Gap = 2;
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length) + (column == 0 ? 0 : Gap)).ToArray();
        return rows.Select(row => string.Concat(row.Select((cell, column) =>
            column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private static string Time(double seconds) => seconds <= 0 ? "" : Durations.Brief(TimeSpan.FromSeconds(Math.Min(seconds, 1e10)));

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Size(double bytes) => bytes switch
    {
        < 1 => "",
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        < 1e12 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e12:0.0} TB"),
    };
}
