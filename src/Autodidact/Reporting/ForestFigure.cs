namespace Autodidact.Reporting;

/// <summary>A row of a <see cref="ForestFigure"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The point; null where it is not known.</param>
/// <param name="Interval">Half the width of its interval; null where that is not known.</param>
/// <param name="Text">The row's numbers as text.</param>
internal sealed record ForestRow(string Name, double? Value, double? Interval, string Text);

/// <summary>Points with intervals below each other, beside the line of zero.</summary>
internal static class ForestFigure
{
    private const double Top = 40;
    private const double Row = 24;
    private const double Width = 440;
    private const double Gap = 14;
    private const string Colour = "#0072b2";

    /// <summary>Draws the rows.</summary>
    /// <param name="title">Heading.</param>
    /// <param name="across">Name of the axis.</param>
    /// <param name="rows">The rows, one value at least.</param>
    public static string Draw(string title, string across, IReadOnlyList<ForestRow> rows)
    {
        var left = rows.Max(r => SvgDrawing.WidthOf(r.Name)) + (2 * Gap);
        var (right, bottom) = (left + Width, Top + (Row * rows.Count));
        var numbers = rows.Max(r => SvgDrawing.WidthOf(r.Text)) + (2 * Gap);
        var drawing = new SvgDrawing(Math.Max(right + numbers, SvgDrawing.WidthOf(title) + (2 * Gap)), bottom + 54, title);
        var ends = rows.Where(r => r.Value is not null)
            .SelectMany(r => new[] { r.Value!.Value - (r.Interval ?? 0), r.Value.Value + (r.Interval ?? 0) });
        var axis = new Axis([0, .. ends], left, right);
        drawing.Write(Gap, 24, title, bold: true);
        foreach (var (pixel, label) in axis.Marks())
        {
            drawing.Line([(pixel, Top), (pixel, bottom)], SvgDrawing.Grid);
            drawing.Write(pixel, bottom + 18, label, "middle");
        }

        drawing.Line([(left, bottom), (right, bottom)], SvgDrawing.Ink);
        drawing.Line([(axis.At(0), Top), (axis.At(0), bottom)], SvgDrawing.Ink, "4 3");
        drawing.Write((left + right) / 2, bottom + 42, across, "middle");
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, y) = (rows[i], Top + (Row * (i + 0.5)));
            drawing.Write(left - Gap, y + 4, row.Name, "end");
            drawing.Write(right + Gap, y + 4, row.Text);
            if (row.Value is not { } value) continue;
            if (row.Interval is { } half) drawing.Whisker((axis.At(value - half), y), (axis.At(value + half), y), Colour);
            drawing.Marker(0, axis.At(value), y, Colour);
        }

        return drawing.ToString();
    }
}
