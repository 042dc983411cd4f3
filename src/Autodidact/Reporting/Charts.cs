using System.Text.Json.Serialization;

namespace Autodidact.Reporting;

/// <summary>How a chart writes the values of an axis.</summary>
internal enum ValueFormat
{
    /// <summary>Four digits.</summary>
    Number,

    /// <summary>A whole number with separators.</summary>
    Count,

    /// <summary>A fraction as a percentage.</summary>
    Percent,

    /// <summary>A large number in three digits: <c>2.81M</c>.</summary>
    Short,
}

/// <summary>A chart of a page, drawn by the page's script.</summary>
/// <param name="Title">Title above the chart.</param>
/// <param name="Label">A description for readers who do not see the picture.</param>
internal abstract record Chart([property: JsonIgnore] string Title, [property: JsonIgnore] string Label)
{
    /// <summary>Height in pixels.</summary>
    [JsonIgnore]
    public int Height { get; init; } = 280;

    /// <summary>A note for the reader; null for none.</summary>
    [JsonIgnore]
    public string? Note { get; init; }

    /// <summary>Whether it takes the whole width of the page.</summary>
    [JsonIgnore]
    public bool Wide { get; init; }
}

/// <summary>An axis.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Format">How its values are written.</param>
internal sealed record ChartAxis(string Name, ValueFormat Format);

/// <summary>Points of a <see cref="PlotChart"/>.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Points">Pairs of x and y.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<double[]> Points)
{
    /// <summary>A name for each point; null for none.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Whether the points are joined.</summary>
    public bool Line { get; init; } = true;

    /// <summary>Whether each point is marked.</summary>
    public bool Markers { get; init; }
}

/// <summary>A level across a <see cref="PlotChart"/>.</summary>
/// <param name="Name">Name of the level.</param>
/// <param name="Value">Its height.</param>
internal sealed record PlotLevel(string Name, double Value);

/// <summary>Lines and points.</summary>
internal sealed record PlotChart(string Title, string Label, ChartAxis X, ChartAxis Y, IReadOnlyList<PlotSeries> Series)
    : Chart(Title, Label)
{
    /// <summary>Horizontal lines for comparison.</summary>
    public IReadOnlyList<PlotLevel> Levels { get; init; } = [];
}

/// <summary>Bars beside each other.</summary>
internal sealed record BarChart(
    string Title, string Label, ChartAxis X, ChartAxis Y, IReadOnlyList<string> Names, IReadOnlyList<double> Values)
    : Chart(Title, Label);

/// <summary>A table of shares as colours: each row adds up to 1.</summary>
/// <param name="Title">Title above the chart.</param>
/// <param name="Label">A description for readers who do not see the picture.</param>
/// <param name="Rows">Names of the rows, from above.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Counts">Row, column and count of each cell that is not empty.</param>
internal sealed record HeatChart(
    string Title, string Label, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<int[]> Counts)
    : Chart(Title, Label);

/// <summary>Pictures as points of a plane, in several layouts and colourings to choose from.</summary>
/// <param name="Title">Title above the chart.</param>
/// <param name="Label">A description for readers who do not see the picture.</param>
/// <param name="Names">Name of each picture.</param>
/// <param name="Layouts">Places by the layout's name: x and y of each picture, one after the other.</param>
/// <param name="Colourings">Partitions that colour the pictures.</param>
/// <param name="Sheet">All pictures as one image.</param>
internal sealed record PointMap(
    string Title,
    string Label,
    IReadOnlyList<string> Names,
    IReadOnlyDictionary<string, IReadOnlyList<int>> Layouts,
    IReadOnlyList<PointColouring> Colourings,
    PictureSheet? Sheet) : Chart(Title, Label);

/// <summary>A partition of the pictures of a <see cref="PointMap"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Groups">Names of the groups.</param>
/// <param name="Group">Group of each picture, -1 for none.</param>
internal sealed record PointColouring(string Name, IReadOnlyList<string> Groups, IReadOnlyList<int> Group);

/// <summary>Pictures of one size, row by row in one image.</summary>
/// <param name="Url">The image, as a data URL.</param>
/// <param name="Columns">Pictures in a row.</param>
/// <param name="Rows">Rows.</param>
internal sealed record PictureSheet(string Url, int Columns, int Rows);
