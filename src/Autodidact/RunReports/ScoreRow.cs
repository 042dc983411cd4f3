using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>A row of <see cref="ScoreTable"/>: a representation, its scores and its cost. A figure that was not measured is null.</summary>
/// <param name="Name">Name of the representation: <c>raw pixels</c>, <c>encoder</c>, <c>exit 1</c>.</param>
/// <param name="Scores">Its scores.</param>
internal sealed record ScoreRow(string Name, RepresentationScores Scores)
{
    /// <summary>Name of the row of the trained encoder.</summary>
    public const string Encoder = "encoder";

    /// <summary>Whether it is one exit of the student.</summary>
    public bool IsExit { get; init; }

    /// <summary>Whether it is the deepest exit, the model one would ship.</summary>
    public bool IsDeepest { get; init; }

    /// <summary>Parameters.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates of an image.</summary>
    public long? Macs { get; init; }

    /// <summary>Images a second.</summary>
    public double? ImagesPerSecond { get; init; }
}
