using System.Reflection;
using System.Text.Json;

namespace Autodidact.Runs;

/// <summary>One score: its name, its description, and how to read it.</summary>
internal sealed class Score
{
    private readonly PropertyInfo _property;

    private Score(PropertyInfo property)
    {
        _property = property;
        Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        About = property.GetCustomAttribute<ScoreAttribute>()
            ?? throw new InvalidOperationException($"{property.Name} has no [Score]: describe it where it is declared");
    }

    /// <summary>All scores, in the order of a row of exits in <c>summary.json</c>.</summary>
    public static IReadOnlyList<Score> All { get; } = [.. typeof(RepresentationScores).GetProperties().Select(property =>
        new Score(property))];

    /// <summary>The scores that charts and tables of all exits show, the most important first.</summary>
    public static IReadOnlyList<Score> Charted { get; } = [.. All.Where(score =>
        score.About.Chart > 0).OrderBy(score => score.About.Chart)];

    /// <summary>Its name in <c>summary.json</c>.</summary>
    public string Name { get; }

    /// <summary>Its description.</summary>
    public ScoreAttribute About { get; }

    /// <summary>The scores of a row, in the order that the row has them in <c>summary.json</c>.</summary>
    /// <param name="row">The row.</param>
    /// <remarks>Baselines have them in the order of the table's columns, all others in that of the record.</remarks>
    public static IEnumerable<Score> Of(ScoredRows row)
    {
        var scores = All.Where(score => score.About.Rows.HasFlag(row));
        return row == ScoredRows.Baselines ? scores.OrderBy(score => score.About.Column) : scores;
    }

    /// <summary>The scores that one or the other has; where both have one, that of the first.</summary>
    /// <param name="first">Some scores.</param>
    /// <param name="second">Others of the same representation.</param>
    public static RepresentationScores Join(RepresentationScores first, RepresentationScores second)
    {
        var joined = first with { };
        foreach (var score in All.Where(score => score.Read(first) is null)) score.Write(joined, score.Read(second));
        return joined;
    }

    /// <summary>The score; null where it was not measured.</summary>
    /// <param name="scores">Scores of a representation.</param>
    public double? Read(RepresentationScores scores) => (double?)_property.GetValue(scores);

    /// <summary>Sets the score of a record that nobody else holds yet.</summary>
    /// <param name="scores">The record.</param>
    /// <param name="value">The score.</param>
    internal void Write(RepresentationScores scores, double? value) => _property.SetValue(scores, value);
}
