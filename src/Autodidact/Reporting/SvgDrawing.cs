using System.Globalization;
using System.Xml.Linq;

namespace Autodidact.Reporting;

/// <summary>
/// A picture as text: lines, markers and words on white, the same bytes on every machine. No font is measured, since that would need the
/// fonts of the machine that draws; widths are estimated generously, and whoever shows the picture chooses a font without serifs.
/// </summary>
/// <param name="width">Width in pixels.</param>
/// <param name="height">Height in pixels.</param>
/// <param name="title">A description for readers who do not see the picture.</param>
internal sealed class SvgDrawing(double width, double height, string title)
{
    /// <summary>Colour of words and axes.</summary>
    public const string Ink = "#222222";

    /// <summary>Colour of grid lines.</summary>
    public const string Grid = "#dddddd";

    private const double FontSize = 12;
    private const double LetterWidth = 7.4;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root = new(
        Svg + "svg",
        new XAttribute("viewBox", $"0 0 {Text(width)} {Text(height)}"),
        new XAttribute("width", Text(width)),
        new XAttribute("height", Text(height)),
        new XAttribute("font-family", "Helvetica, Arial, 'DejaVu Sans', sans-serif"),
        new XAttribute("font-size", Text(FontSize)),
        new XAttribute("role", "img"),
        new XElement(Svg + "title", Html.Clean(title)),
        new XElement(Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "#ffffff")));

    /// <summary>Room that words need, in pixels.</summary>
    /// <param name="words">The words.</param>
    public static double WidthOf(string words) => words.Length * LetterWidth;

    /// <summary>A line through points.</summary>
    /// <param name="points">At least one point.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="dash">Lengths of dashes and gaps; null is a whole line.</param>
    /// <param name="thickness">Its thickness.</param>
    public void Line(IEnumerable<(double X, double Y)> points, string colour, string? dash = null, double thickness = 1) => Add(
        "polyline",
        ("points", string.Join(' ', points.Select(p => $"{Text(p.X)},{Text(p.Y)}"))),
        ("fill", "none"), ("stroke", colour), ("stroke-width", Text(thickness)), ("stroke-dasharray", dash));

    /// <summary>A filled marker.</summary>
    /// <param name="shape">0 is a circle, 1 a square, 2 a triangle, 3 a diamond.</param>
    /// <param name="x">Its middle.</param>
    /// <param name="y">Its middle.</param>
    /// <param name="colour">Its colour.</param>
    public void Marker(int shape, double x, double y, string colour)
    {
        (double X, double Y)[] corners = shape switch
        {
            0 => [],
            1 => [(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)],
            2 => [(0, -4.5), (4.5, 3.5), (-4.5, 3.5)],
            _ => [(0, -5), (5, 0), (0, 5), (-5, 0)],
        };
        if (corners.Length == 0) Add("circle", ("cx", Text(x)), ("cy", Text(y)), ("r", "4"), ("fill", colour));
        else Add("polygon", ("points", string.Join(' ', corners.Select(c => $"{Text(x + c.X)},{Text(y + c.Y)}"))), ("fill", colour));
    }

    /// <summary>A vertical or horizontal bar with caps at its ends.</summary>
    /// <param name="from">One end.</param>
    /// <param name="to">The other end, straight above or beside it.</param>
    /// <param name="colour">Its colour.</param>
    public void Whisker((double X, double Y) from, (double X, double Y) to, string colour)
    {
        const double Cap = 3;
        Line([from, to], colour);
        var (dx, dy) = from.X == to.X ? (Cap, 0.0) : (0.0, Cap);
        foreach (var (x, y) in new[] { from, to }) Line([(x - dx, y - dy), (x + dx, y + dy)], colour);
    }

    /// <summary>Words; what XML cannot hold is replaced.</summary>
    /// <param name="x">Where they begin, or what <paramref name="anchor"/> says.</param>
    /// <param name="y">Their base line.</param>
    /// <param name="words">The words.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="upright">Whether they run from bottom to top.</param>
    /// <param name="bold">Whether they are a heading.</param>
    public void Write(double x, double y, string words, string anchor = "start", bool upright = false, bool bold = false) => Add(
        "text",
        ("x", Text(x)), ("y", Text(y)), ("fill", Ink),
        ("text-anchor", anchor), ("font-weight", bold ? "bold" : null), ("transform", upright ? $"rotate(-90 {Text(x)} {Text(y)})" : null))
        .Value = Html.Clean(words);

    /// <summary>The file's text.</summary>
    public override string ToString() => _root.ToString().ReplaceLineEndings("\n") + "\n";

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private XElement Add(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        var element = new XElement(Svg + name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null) element.SetAttributeValue(attribute, value);
        }

        _root.Add(element);
        return element;
    }
}
