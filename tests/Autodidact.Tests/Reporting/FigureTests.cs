using System.Globalization;
using System.Xml.Linq;
using Autodidact.Reporting;

namespace Autodidact.Tests.Reporting;

/// <summary>Line and forest figures, read back from their text.</summary>
public class FigureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Should_Draw_A_Line_A_Series_With_Its_Error_Bars_And_Name_It()
    {
        var root = SvgDrawingTests.Read(LineFigure.Draw("title", "across", "up",
            [("one", [new(2, 50, 1), new(1, 40, 1)]), ("two & more", [new(3, 45, null)])]));
        Assert.Equal(
            ["title", "across", "up", "one", "two & more"],
            Words(root).Where(w => !double.TryParse(w, CultureInfo.InvariantCulture, out _)));

        // Each series has a line through its points and one in the legend.
        var lines =
            root.Elements(Svg + "polyline")
                .Where(l => l.Attribute("stroke-width")!.Value == "1.5").Select(l => l.Attribute("points")!.Value.Split(' ')).ToList();
        Assert.Equal([2, 2, 1, 2], lines.Select(l => l.Length));
        Assert.True(X(lines[0][0]) < X(lines[0][1]), "points go from cheap to dear");

        // Two whiskers of three strokes, in the series' colour; the point without a spread has none.
        var colour = root.Element(Svg + "circle")!.Attribute("fill")!.Value;
        Assert.Equal(
            6,
            root.Elements(Svg + "polyline")
                .Count(l => l.Attribute("stroke")!.Value == colour && l.Attribute("stroke-width")!.Value == "1"));
    }

    [Fact]
    public void Should_Keep_Twenty_Variants_Apart_In_Look_Place_And_Legend()
    {
        var lines = Enumerable.Range(0, 20).Select(i => ($"v{i}", (IReadOnlyList<LinePoint>)[new(1e6, 40, 1), new(2e6, 40, 1)])).ToList();
        var svg = LineFigure.Draw("title", "across", "up", lines);
        var root = SvgDrawingTests.Read(svg);
        var drawn =
            root.Elements(Svg + "polyline").Where(l => l.Attribute("stroke-width")!.Value == "1.5").Where((_, i) => i % 2 == 0).ToList();
        Assert.Equal(20, drawn.Select(l => (l.Attribute("stroke")!.Value, l.Attribute("stroke-dasharray")?.Value)).Distinct().Count());
        var first = drawn.Select(l => X(l.Attribute("points")!.Value.Split(' ')[0])).ToList();
        Assert.Equal(20, first.Distinct().Count());
        Assert.Equal(first.Order(), first);
        Assert.InRange(first[^1] - first[0], 20, 72);
        Assert.All(first, x => Assert.InRange(x, 64, 684));
        var legend =
            root.Elements(Svg + "text").Where(t => t.Value.StartsWith('v'))
                .Select(t => double.Parse(t.Attribute("y")!.Value, CultureInfo.InvariantCulture)).ToList();
        Assert.All(legend.Zip(legend.Skip(1)), pair => Assert.Equal(20, pair.Second - pair.First, 1e-9));
        Assert.Equal(svg, LineFigure.Draw("title", "across", "up", lines));
    }

    [Fact]
    public void Should_Not_Move_A_Point_That_Has_Its_Place_Alone()
    {
        // 1 to 3 between the pixels 70 and 678, a twentieth of the range free on both sides: 2 lies in the middle.
        var root = SvgDrawingTests.Read(
            LineFigure.Draw("t", "x", "y", [("a", [new(1, 1, null), new(2, 2, null), new(3, 3, null)]), ("b", [new(1, 1, null)])]));
        Assert.Equal(
            374,
            X(
                root.Elements(Svg + "polyline")
                    .First(l => l.Attribute("stroke-width")!.Value == "1.5")
                    .Attribute("points")!.Value.Split(' ')[1]));
    }

    [Fact]
    public void Should_Draw_Differences_Beside_Zero_In_Order()
    {
        var root = SvgDrawingTests.Read(ForestFigure.Draw(
            "title", "across", [new("up", 5, 2, "+5"), new("alone", -4, null, "minus four"), new("none", null, null, "n/a")]));
        var zero = X(
            root.Elements(Svg + "polyline")
                .Single(l => l.Attribute("stroke-dasharray") is not null)
                .Attribute("points")!.Value.Split(' ')[0]);
        var points = root.Elements(Svg + "circle").Select(c => (X: Number(c, "cx"), Y: Number(c, "cy"))).ToList();
        Assert.Equal(2, points.Count);

        // -4 to 7 and a twentieth of 11 on both sides, on 440 pixels: 36.36 a unit.
        Assert.Equal(5 * 440 / 12.1, points[0].X - zero, 0.02);
        Assert.Equal(-4 * 440 / 12.1, points[1].X - zero, 0.02);
        Assert.Equal(24, points[1].Y - points[0].Y);
        var whisker = Assert.Single(root.Elements(Svg + "polyline"), l =>
            l.Attribute("stroke")!.Value == "#0072b2"
                && X(l.Attribute("points")!.Value.Split(' ')[0]) != X(l.Attribute("points")!.Value.Split(' ')[1]));
        Assert.Equal([3 * 440 / 12.1, 7 * 440 / 12.1], whisker.Attribute("points")!.Value.Split(' ').Select(p => X(p) - zero), (a, b) =>
            Math.Abs(a - b) < 0.02);
        Assert.Equal(["up", "+5", "alone", "minus four", "none", "n/a"], Words(root).TakeLast(6));
    }

    [Fact]
    public void Should_Leave_Room_For_The_Longest_Name()
    {
        var root = SvgDrawingTests.Read(ForestFigure.Draw("title", "across", [new(new string('m', 60), 1, 1, "+1 (0 to 2)")]));
        var name = root.Elements(Svg + "text").Single(t => t.Value.StartsWith("mmm", StringComparison.Ordinal));
        Assert.True(Number(name, "x") - SvgDrawing.WidthOf(name.Value) >= 0);
        Assert.True(root.Elements(Svg + "text").All(
            t => Number(t, "x") <= double.Parse(root.Attribute("width")!.Value, CultureInfo.InvariantCulture)));
    }

    private static IEnumerable<string> Words(XElement root) => root.Elements(Svg + "text").Select(t => t.Value);

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static double X(string point) => double.Parse(point.Split(',')[0], CultureInfo.InvariantCulture);
}
