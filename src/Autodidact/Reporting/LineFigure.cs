namespace Autodidact.Reporting;

/// <summary>A point of a line.</summary>
/// <param name="X">Where it lies.</param>
/// <param name="Y">Its height.</param>
/// <param name="Spread">Half the length of its error bar; null for none.</param>
internal sealed record LinePoint(double X, double Y, double? Spread);

/// <summary>Lines with error bars, and a legend beside them.</summary>
internal static class LineFigure
{
    private const double Left = 64;
    private const double Top = 44;
    private const double Width = 620;
    private const double LegendRow = 20;
    private const double MostAside = 6;
    private const double MostTogether = 72;

    // Okabe and Ito's colours without the yellow, which is too light on white, and three dark ones.
    private static readonly string[] Colours =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#882255", "#999933", "#6a3d9a"];
    private static readonly string?[] Dashes = [null, "6 3", "2 2"];

    /// <summary>Draws lines; points of different lines at the same place are drawn side by side.</summary>
    /// <param name="title">Heading.</param>
    /// <param name="across">Name of the horizontal axis.</param>
    /// <param name="up">Name of the vertical axis.</param>
    /// <param name="lines">The lines with their names, at least one point each.</param>
    public static string Draw(string title, string across, string up, IReadOnlyList<(string Name, IReadOnlyList<LinePoint> Points)> lines)
    {
        var height = Math.Max(360, LegendRow * lines.Count);
        var (right, bottom) = (Left + Width, Top + height);
        var legend = lines.Max(l => SvgDrawing.WidthOf(l.Name)) + 50;
        var drawing = new SvgDrawing(Math.Max(right + legend, SvgDrawing.WidthOf(title) + 20), bottom + 54, title);
        List<LinePoint> all = [.. lines.SelectMany(l => l.Points)];
        var room = Math.Min(MostAside * lines.Count, MostTogether) / 2;
        var x = new Axis([.. all.Select(p => p.X)], Left + room, right - room);
        var y = new Axis([.. all.SelectMany(p => new[] { p.Y - (p.Spread ?? 0), p.Y + (p.Spread ?? 0) })], bottom, Top);
        drawing.Write(Left, 24, title, bold: true);
        foreach (var (pixel, label) in x.Marks())
        {
            drawing.Line([(pixel, Top), (pixel, bottom)], SvgDrawing.Grid);
            drawing.Write(pixel, bottom + 18, label, "middle");
        }

        foreach (var (pixel, label) in y.Marks())
        {
            drawing.Line([(Left, pixel), (right, pixel)], SvgDrawing.Grid);
            drawing.Write(Left - 6, pixel + 4, label, "end");
        }

        drawing.Line([(Left, Top), (Left, bottom), (right, bottom)], SvgDrawing.Ink);
        drawing.Write((Left + right) / 2, bottom + 42, across, "middle");
        drawing.Write(18, (Top + bottom) / 2, up, "middle", upright: true);
        var aside = Aside(lines, x);
        for (var i = 0; i < lines.Count; i++)
        {
            var (colour, dash, shape) =
                (Colours[i % Colours.Length], Dashes[i / Colours.Length % Dashes.Length], (i + (i / Colours.Length)) % 4);
            var points =
                lines[i].Points.OrderBy(p => p.X).Select(p => (X: x.At(p.X) + aside(i, p.X), Y: y.At(p.Y), p.Spread, Value: p.Y)).ToList();
            drawing.Line(points.Select(p => (p.X, p.Y)), colour, dash, thickness: 1.5);
            foreach (var point in points)
            {
                if (point.Spread is { } spread)
                    drawing.Whisker((point.X, y.At(point.Value - spread)), (point.X, y.At(point.Value + spread)), colour);
                drawing.Marker(shape, point.X, point.Y, colour);
            }

            var row = Top + (LegendRow * (i + 0.5));
            drawing.Line([(right + 12, row), (right + 36, row)], colour, dash, thickness: 1.5);
            drawing.Marker(shape, right + 24, row, colour);
            drawing.Write(right + 42, row + 4, lines[i].Name);
        }

        return drawing.ToString();
    }

    /// <summary>
    /// How far aside a line's point is drawn, where several lines have one at the same place: never half way to the next place.
    /// </summary>
    private static Func<int, double, double> Aside(IReadOnlyList<(string Name, IReadOnlyList<LinePoint> Points)> lines, Axis x)
    {
        var users = lines.SelectMany((l, i) => l.Points.Select(p => (p.X, Line: i))).GroupBy(p => p.X).ToDictionary(g => g.Key, g =>
            g.Select(p => p.Line).Distinct().Order().ToList());
        return (line, place) =>
        {
            var gap =
                users.Keys.Where(other => other != place)
                    .Select(other => Math.Abs(x.At(other) - x.At(place))).DefaultIfEmpty(Width / 4).Min();
            var here = users[place];
            return (here.IndexOf(line) - ((here.Count - 1) / 2.0)) * Math.Min(MostAside, Math.Min(MostTogether, 0.7 * gap) / here.Count);
        };
    }
}
