using System.Text.Json;
using System.Text.RegularExpressions;
using Autodidact.Reporting;

namespace Autodidact.Tests.Reporting;

public partial class HtmlPageTests
{
    private const string Nasty = "</script><script>alert('x')</script> \"quoted\" & <b> \u202eevil\u202c שלום 🦊 {a|b} \0";

    [Fact]
    public void Should_Hold_Any_Words_As_Words()
    {
        var page = new HtmlPage(Nasty) { Subtitle = Nasty };
        page.Add(
            "s",
            Nasty,
            HtmlPage.Paragraph(Nasty),
            HtmlPage.Table(Nasty, [Nasty, "n"], [[Nasty, Nasty]]),
            page.Charts(new BarChart(Nasty, Nasty, new(Nasty, ValueFormat.Count), new("n", ValueFormat.Count), [Nasty], [1])));
        var text = page.ToString();
        Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
        Assert.DoesNotContain("alert('x')</script>", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', text);

        // The script reads the very name.
        using var chart = JsonDocument.Parse(ChartData().Match(text).Groups[1].Value);
        Assert.Equal("bars", chart.RootElement.GetProperty("$type").GetString());
        Assert.Equal(Nasty, chart.RootElement.GetProperty("names")[0].GetString());
    }

    [Fact]
    public void Should_Ask_Nothing_Of_The_Network()
    {
        var page = new HtmlPage("t");
        page.Add("s", "h", page.Charts(new BarChart("a", "b", new("x", ValueFormat.Count), new("y", ValueFormat.Count), ["1"], [1])));
        var text = page.ToString();
        Assert.Contains("default-src 'none'", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(link|iframe|script)[^>]* (href|src)=", text);
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Carry_The_Charts_Script_Only_Where_There_Are_Charts()
    {
        var page = new HtmlPage("t");
        page.Add("s", "h", HtmlPage.Paragraph("p"));
        Assert.InRange(page.ToString().Length, 500, 20_000);
    }

    [Fact]
    public void Should_Close_Every_Element_But_The_Void_Ones() =>
        Assert.Equal(
            "<div><img src=\"a&amp;b\" /><script></script><p></p></div>",
            Html.Render(Html.Element("div", Html.Element("img", Html.Attribute("src", "a&b")), Html.Element("script"), Html.Element("p"))));

    [Fact]
    public void Should_Name_Rows_And_Columns_For_Readers_Who_Do_Not_See_The_Table()
    {
        var table = HtmlPage.Table("figures", ["", "k-NN"], [["exit 1", "50%"], ["exit 2", "60%"]], stressed: 1);
        Assert.Equal("figures", table.Attribute("aria-label")!.Value);
        Assert.Equal(
            ["row", "row"], table.Descendants("th").Where(h => h.Parent!.Parent!.Name == "tbody").Select(h => h.Attribute("scope")!.Value));
        Assert.Equal("exit 2", table.Descendants("tr").Single(r => r.Attribute("class")?.Value == "stressed").Element("th")!.Value);
    }

    [GeneratedRegex("<script type=\"application/json\" data-chart=\"chart-1\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex ChartData();
}
