using System.Xml.Linq;
using Autodidact.Reporting;

namespace Autodidact.Tests.Reporting;

public class SvgDrawingTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData("a < b & \"c\" > 'd'")]
    [InlineData("</text><script>alert(1)</script>")]
    [InlineData("]]> <!-- -->")]
    [InlineData("Grüße 😀")]
    public void Should_Hold_Any_Words_As_Words(string words)
    {
        var root = Read(Draw(words));
        Assert.Equal([words, words], [root.Element(Svg + "title")!.Value, root.Element(Svg + "text")!.Value]);
        Assert.Empty(root.Descendants(Svg + "script"));
    }

    [Fact]
    public void Should_Replace_What_Xml_Cannot_Hold() =>
        Assert.Equal("a\ufffdb\ufffdc\ufffd", Read(Draw("a\0b\u001bc\ud800")).Element(Svg + "text")!.Value);

    [Fact]
    public void Should_Write_The_Same_Plain_Numbers_Everywhere()
    {
        var drawing = new SvgDrawing(100, 50, "t");
        drawing.Line([(1.0 / 3, 2), (30, 1e-9)], "#000000", "4 2", 1.5);
        drawing.Marker(0, 1.005, 2, "#ffffff");
        drawing.Marker(1, 10, 20, "#ffffff");
        drawing.Whisker((5, 1), (5, 9), "#000000");
        var root = Read(drawing.ToString());
        Assert.Equal("0 0 100 50", root.Attribute("viewBox")!.Value);
        Assert.Equal(
            ["0.33,2 30,0", "5,1 5,9", "2,1 8,1", "2,9 8,9"], root.Elements(Svg + "polyline").Select(l => l.Attribute("points")!.Value));
        Assert.Equal("4 2", root.Elements(Svg + "polyline").First().Attribute("stroke-dasharray")!.Value);
        Assert.Null(root.Elements(Svg + "polyline").Last().Attribute("stroke-dasharray"));
        Assert.Equal("6.5,16.5 13.5,16.5 13.5,23.5 6.5,23.5", root.Element(Svg + "polygon")!.Attribute("points")!.Value);
        Assert.DoesNotContain('\r', drawing.ToString());
    }

    internal static XElement Read(string svg) => XDocument.Parse(svg).Root!;

    private static string Draw(string words)
    {
        var drawing = new SvgDrawing(100, 50, words);
        drawing.Write(1, 2, words);
        return drawing.ToString();
    }
}
