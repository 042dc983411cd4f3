using System.Globalization;
using Autodidact.Inference;
using Autodidact.RunReports;

namespace Autodidact.Cli.Rendering;

/// <summary>
/// The table at the end of an export: a row for each exit, then the early exits. Every speed is measured the same way, on the exported
/// graphs in ONNX Runtime.
/// </summary>
internal static class ExportTable
{
    private const int NameWidth = 8;
    private const int Gap = 2;

    /// <summary>All lines.</summary>
    /// <param name="model">The model in floats.</param>
    /// <param name="int8">The model of 8-bit integers beside it; null without one.</param>
    /// <param name="folder">Where the model lies.</param>
    public static IEnumerable<string> Render(ModelManifest model, ModelManifest? int8, string folder)
    {
        yield return "";
        yield return $"model  {folder}: {model.Architecture}, {model.Exits.Count} exits"
            + (int8 is null ? "" : ", and of 8-bit integers in int8/");
        yield return "";
        List<(string Header, Func<ManifestExit, ManifestExit?, string> Cell)> columns =
        [
            ("params", (exit, _) => Figures.Short(exit.Parameters)),
            ("MACs", (exit, _) => Figures.Short(exit.Macs)),
            ("agreement", (exit, _) => Figures.Percent(exit.Agreement)),
            ("threshold", (exit, _) => string.Create(CultureInfo.InvariantCulture, $"{exit.Threshold:0.##}")),
            ("images/s", (exit, _) => Figures.Rate(exit.ImagesPerSecond)),
        ];
        if (int8 is not null)
        {
            columns.Add(("int8 as float", (_, small) => Figures.Percent(small?.FloatAgreement)));
            columns.Add(("int8 images/s", (_, small) => Figures.Rate(small?.ImagesPerSecond)));
        }

        List<string[]> rows = [[.. columns.Select(column => column.Header)]];
        foreach (var exit in model.Exits)
        {
            var small = int8?.Exits.FirstOrDefault(other => other.Exit == exit.Exit);
            rows.Add([.. columns.Select(column => column.Cell(exit, small))]);
        }

        int[] widths = [.. columns.Select((_, i) => Gap + rows.Max(row => row[i].Length))];
        yield return Line("", rows[0]);
        yield return new string('-', NameWidth + widths.Sum());
        for (var i = 0; i < model.Exits.Count; i++)
        {
            yield return Line(string.Create(CultureInfo.InvariantCulture, $"exit {model.Exits[i].Exit}"), rows[i + 1]);
        }

        yield return "";
        foreach (var line in EarlyExits(model)) yield return line;
        yield return "agreement: same answer as the deepest exit on held-out images; "
            + "images/s: ONNX Runtime on this machine, decoding not counted."
            + (int8 is null ? "" : " int8 as float: same answer as the same exit in floats.");

        string Line(string name, string[] cells) =>
            name.PadRight(NameWidth) + string.Concat(cells.Select((cell, i) => cell.PadLeft(widths[i])));
    }

    /// <summary>The setting that the model uses where nothing else is asked for.</summary>
    private static IEnumerable<string> EarlyExits(ModelManifest model)
    {
        if (model.TradeOffs.FirstOrDefault(t => t.Thresholds.SequenceEqual(model.Exits.Select(e => e.Threshold))) is not { } chosen)
            yield break;
        var share = chosen.MeanMacs / model.Exits[^1].Macs;
        var speed = chosen.ImagesPerSecond is { } measured ? $", {Figures.Rate(measured)} images/s" : "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"with early exits: {Figures.Percent(chosen.Agreement)} agreement, "
            + $"{Figures.Short(chosen.MeanMacs)} MACs an image ({share:0%} of the deepest exit's){speed}");
    }
}
