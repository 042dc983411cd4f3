using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace Autodidact.Reporting;

/// <summary>
/// One self-contained page: words, tables and pictures that need no script, and charts that a script within draws. Its policy forbids every
/// request, and it adapts to narrow screens, dark ones and paper.
/// </summary>
/// <param name="title">Title of the page.</param>
internal sealed class HtmlPage(string title)
{
    private readonly List<(string Id, string Heading, object?[] Content)> _sections = [];
    private int _charts;

    /// <summary>The line below the title.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>Adds a section; its heading is in the list of contents.</summary>
    /// <param name="id">Name within the page, of letters and dashes.</param>
    /// <param name="heading">Its heading.</param>
    /// <param name="content">Its content.</param>
    public void Add(string id, string heading, params object?[] content) => _sections.Add((id, heading, content));

    /// <summary>A paragraph.</summary>
    /// <param name="text">Its text.</param>
    public static XElement Paragraph(string text) => Html.Element("p", text);

    /// <summary>A table that scrolls by itself where the screen is too narrow for it.</summary>
    /// <param name="caption">Caption of the table.</param>
    /// <param name="header">Headings of the columns; the first is that of the rows' names.</param>
    /// <param name="rows">Rows as long as the header.</param>
    /// <param name="numbers">Whether all columns but the first hold figures.</param>
    /// <param name="stressed">Numbers of the rows to stress.</param>
    public static XElement Table(
        string caption,
        IReadOnlyList<string> header,
        IEnumerable<IReadOnlyList<string>> rows,
        bool numbers = true,
        params int[] stressed) =>
        Html.Element(
        "div",
        Html.Attribute("class", "scroll"),
        Html.Attribute("role", "region"),
        Html.Attribute("aria-label", caption),
        Html.Attribute("tabindex", "0"),
        Html.Element(
            "table",
            Html.Attribute("class", numbers ? "numbers" : "words"),
            Html.Element("caption", caption),
            Html.Element(
                "thead",
                Html.Element(
                    "tr",
                    header.Select(h => Html.Element(h.Length > 0 ? "th" : "td", h.Length > 0 ? Html.Attribute("scope", "col") : null, h)))),
            Html.Element("tbody", rows.Select((row, r) => Html.Element(
                "tr",
                stressed.Contains(r) ? Html.Attribute("class", "stressed") : null,
                row.Select((cell, c) => c == 0
                    ? Html.Element("th", Html.Attribute("scope", "row"), Words(cell))
                    : Html.Element("td", Words(cell))))))));

    /// <summary>Charts beside each other where there is room.</summary>
    /// <param name="charts">The charts.</param>
    public XElement Charts(params IEnumerable<Chart> charts) =>
        Html.Element("div", Html.Attribute("class", "charts"), charts.Select(Figure));

    /// <summary>Words of unknown direction, kept apart from what stands around them.</summary>
    /// <param name="text">The words.</param>
    public static XElement Words(string text) => Html.Element("bdi", text);

    /// <summary>The whole page.</summary>
    public override string ToString()
    {
        var body = Html.Element(
            "body",
            Html.Element("header", Html.Element("h1", Words(title)), Html.Element("p", Subtitle)),
            Html.Element(
                "nav",
                Html.Attribute("aria-label", "Contents"),
                Html.Element(
                    "ul", _sections.Select(s => Html.Element("li", Html.Element("a", Html.Attribute("href", $"#{s.Id}"), s.Heading))))),
            Html.Element(
                "main",
                _sections.Select(s => Html.Element("section", Html.Attribute("id", s.Id), Html.Element("h2", s.Heading), s.Content))));
        var text = new StringBuilder();
        text.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n");
        text.Append(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
            + "script-src 'unsafe-inline'\" />\n");
        text.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
        text.Append(Html.Render(Html.Element("title", title))).Append('\n');
        text.Append("<style>\n").Append(Resource("page.css")).Append("</style>\n</head>\n");
        text.Append(Html.Render(body)[..^"</body>".Length]);
        if (_charts > 0)
        {
            text.Append(
                "\n<!-- Charts: Apache ECharts, Copyright The Apache Software Foundation, "
                + "Apache License 2.0 (apache.org/licenses/LICENSE-2.0). -->\n<script>")
                .Append(Resource("echarts.js"))
                .Append("</script>");
            text.Append("\n<script>\n").Append(Resource("page.js")).Append("</script>");
        }

        return text.Append("\n</body>\n</html>\n").ToString();
    }

    private XElement Figure(Chart chart)
    {
        var id = FormattableString.Invariant($"chart-{++_charts}");
        return Html.Element(
            "figure",
            Html.Attribute("class", chart.Wide ? "chart wide" : "chart"),
            Html.Element("figcaption", chart.Title, chart.Note is null ? null : Html.Element("small", chart.Note)),
            chart is PointMap map ? Choices(id, map) : null,
            Html.Element(
                "div",
                Html.Attribute("id", id),
                Html.Attribute("class", "plot"),
                Html.Attribute("role", "img"),
                Html.Attribute("aria-label", chart.Label),
                Html.Attribute("style", FormattableString.Invariant($"height:{chart.Height}px")),
                Html.Element("noscript", "This chart is drawn by a script.")),

            // The serializer writes <, > and & as \u escapes, so that no name can end the script.
            Html.Element("script", Html.Attribute("type", "application/json"), Html.Attribute("data-chart", id), ChartJson.Of(chart)));
    }

    /// <summary>The layouts and colourings of a map, for the page's script.</summary>
    private static XElement Choices(string id, PointMap map) => Html.Element(
        "div",
        Html.Attribute("class", "choices"),
        Choice($"{id}-layout", "Layout", map.Layouts.Keys),
        Choice($"{id}-colouring", "Colours", map.Colourings.Select(c => c.Name)));

    private static XElement Choice(string group, string legend, IEnumerable<string> names) => Html.Element(
        "fieldset",
        Html.Element("legend", legend),
        names.Select((name, i) => Html.Element(
            "label",
            Html.Element(
                "input",
                Html.Attribute("type", "radio"),
                Html.Attribute("name", group),
                Html.Attribute("value", name),
                i == 0 ? Html.Attribute("checked", "checked") : null),
            name)));

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Autodidact.Reporting.{name}")
            ?? throw new InvalidOperationException($"the build left {name} out of the assembly");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
