namespace Autodidact.Runs;

/// <summary>
/// Describes a score of <see cref="RepresentationScores"/> once: its text, its column, and the rows of <c>summary.json</c> that have it.
/// </summary>
/// <param name="text">The score in words.</param>
/// <param name="rows">The rows that have it.</param>
/// <param name="format">Its form in tables.</param>
internal sealed class ScoreAttribute(
    string text, ScoredRows rows, FigureFormat format = FigureFormat.Fraction) : FigureAttribute(text, format)
{
    /// <summary>The rows that have it.</summary>
    public ScoredRows Rows { get; } = rows;

    /// <summary>Place of its column in tables of results, from 1; 0 has no column.</summary>
    public int Column { get; init; }

    /// <summary>Header of its column. Scores of one header share a column, which shows the first of them that a row has.</summary>
    public string Header { get; init; } = "";

    /// <summary>When its column leaves a table that is too wide: the highest number leaves first, 0 never leaves.</summary>
    public int Leaves { get; init; }

    /// <summary>Its explanation in the legend below the table.</summary>
    public string? Legend { get; init; }

    /// <summary>Whether it can be measured where no image has a label.</summary>
    public bool WithoutLabels { get; init; }

    /// <summary>Place among the scores that charts and tables of all exits show, from 1; 0 is not among them.</summary>
    public int Chart { get; init; }

    /// <summary>Its name in the titles of those charts and tables.</summary>
    public string? Title { get; init; }
}

/// <summary>Says which row of <c>summary.json</c> the scores of a property stand in.</summary>
/// <param name="row">The row.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ScoredAttribute(ScoredRows row) : Attribute
{
    /// <summary>The row.</summary>
    public ScoredRows Row { get; } = row;
}

/// <summary>Rows of <c>summary.json</c> that have scores.</summary>
[Flags]
internal enum ScoredRows
{
    /// <summary>Raw pixels and the untrained encoder.</summary>
    Baselines = 1,

    /// <summary>The encoder.</summary>
    Encoder = 2,

    /// <summary>The clusters of the encoder's features.</summary>
    Clusters = 4,

    /// <summary>Each exit, and all exits together.</summary>
    Exits = 8,

    /// <summary>Every row whose images have features.</summary>
    Features = Baselines | Encoder | Exits,

    /// <summary>Every row whose images have a cluster each, of the run's number of clusters.</summary>
    Assignments = Baselines | Clusters | Exits,
}
