using System.Globalization;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>The words above and below the table of results.</summary>
internal static class RunDescription
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Data, stages, time and place, each as a name and a line.</summary>
    public static IEnumerable<(string Name, string Text)> Rows(Summary summary, string data, string directory)
    {
        yield return ("data", Join(": ", data, Join(", ", DataParts(summary.Data, summary.TrainedOnLabels))));
        if (summary.Pretrain is { } pretrain)
        {
            var (method, length, time) = (Marked(pretrain.Method, pretrain.UsesLabels), Epochs(pretrain.Epochs), Seconds(pretrain.Seconds));
            yield return (ScoreRow.Encoder, Join(", ", method, pretrain.Arch, length, time, Speed(pretrain.ImagesPerSecond)));
        }

        if (summary.Cluster is { K: { } k } cluster)
        {
            var sizes = cluster is { Smallest: { } smallest, Largest: { } largest }
                ? $"of {(smallest == largest ? "" : $"{Figures.Count(smallest)} to ")}{Plural.Of(largest, "image")}"
                : null;
            yield return ("clusters", Join(", ", $"k = {Figures.Count(k)}", sizes));
        }

        if (summary.Distill is { } distill)
        {
            var method = Marked(distill.Method, distill.UsesLabels);
            yield return ("student", Join(", ", method, distill.Arch, Epochs(distill.Epochs), Seconds(distill.Seconds)));
        }

        if (summary.Seconds?.Total is { } total)
        {
            var memory = summary.PeakMemoryMb is { } peak ? $"peak memory {Figures.Count(peak)} MB" : null;
            yield return ("total", Join(", ", Seconds(total), Predicted(summary.Seconds.Predicted), memory));
        }

        yield return ("results", directory);
    }

    /// <summary>Early exits, a line for each threshold.</summary>
    public static IEnumerable<string> EarlyExits(Summary summary)
    {
        var deepest = Deepest(summary);
        foreach (var early in summary.EarlyExit ?? [])
        {
            var agreement = $"{Figures.Percent(early.Agreement)} agreement with the deepest exit";
            var cost = $"{Figures.Short(early.MeanMacs)} MACs an image{Share(early.MeanMacs, deepest)}";
            yield return string.Create(Invariant, $"early exit at confidence {early.Threshold:0.##}: {agreement}, {cost}{Held(early)}");
        }
    }

    /// <summary>The same as cells: threshold, agreement, MACs, their share of the deepest exit's, accuracy, images a second.</summary>
    public static IEnumerable<string[]> EarlyExitRows(Summary summary)
    {
        var deepest = Deepest(summary);
        return (summary.EarlyExit ?? []).Select(early => new[]
        {
            string.Create(Invariant, $"{early.Threshold:0.##}"),
            Figures.Percent(early.Agreement),
            Figures.Short(early.MeanMacs),
            Figures.Percent(early.MeanMacs / deepest),
            Figures.Percent(early.Accuracy),
            Figures.Count(early.ImagesPerSecond),
        });
    }

    /// <summary>The legend of the table.</summary>
    public static string? Legend(Summary summary) => summary.Exits is { Count: > 0 } && summary.Data?.Labelled != false
        ? $"{ScoreTable.Legend}. {Figures.Absent} is not measured."
        : null;

    private static long? Deepest(Summary summary) => summary.Exits?.LastOrDefault(exit => !exit.IsEnsemble)?.Macs;

    private static string? Marked(string? method, bool? usesLabels) => usesLabels == true ? $"{method} ({Figures.UsesLabels})" : method;

    /// <summary>Speeds stay out: the table's are of the trained network, those of early exits of the exported graphs.</summary>
    private static string Held(EarlyExitSummary early) => early.Accuracy is { } accuracy ? $", accuracy {Figures.Percent(accuracy)}" : "";

    private static IEnumerable<string?> DataParts(DataSummary? data, bool trainedOnLabels)
    {
        if (data is null) yield break;
        if (data.PretrainImages is { } pretrain && pretrain != data.TrainImages)
        {
            yield return $"{Plural.Of(pretrain, "image")} to pre-train";
        }
        if (data.TrainImages is { } train) yield return $"{Plural.Of(train, "image")} to train";
        if (data.HoldoutImages is > 0) yield return $"{Figures.Count(data.HoldoutImages)} held out";
        if (data.EvalImages is > 0) yield return $"{Figures.Count(data.EvalImages)} to evaluate";
        if (data.Skipped is > 0) yield return $"{Figures.Count(data.Skipped)} skipped";
        if (data.Duplicates is > 0 and var duplicates) yield return Plural.Of(duplicates, "duplicate");
        if (data.Labelled == false) yield return "no labels";
        else if (data.Classes is { } classes)
            yield return $"{Plural.Of(classes, "class")}, {(trainedOnLabels ? "TRAINED ON" : "for measuring only")}";
    }

    private static string? Epochs(double? epochs) =>
        epochs is { } value ? string.Create(Invariant, $"{value:0.#} {(value == 1 ? "epoch" : "epochs")}") : null;

    private static string? Seconds(double? seconds) => seconds is { } value ? Durations.Brief(value) : null;

    private static string? Predicted(double? seconds) => seconds is { } value ? $"predicted {Durations.Brief(value)}" : null;

    private static string? Speed(double? imagesPerSecond) => imagesPerSecond is null ? null : $"{Figures.Rate(imagesPerSecond)} images/s";

    private static string Share(double? part, long? whole) =>
        part is { } value && whole is > 0 ? string.Create(Invariant, $" ({value / whole:0%} of all)") : "";

    private static string Join(string separator, params IEnumerable<string?> parts) =>
        string.Join(separator, parts.Where(part => !string.IsNullOrEmpty(part)));
}
