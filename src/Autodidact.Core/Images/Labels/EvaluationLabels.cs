using System.Text.Json;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>
/// Classes of the images of one pack, in pack order. They are kept apart from it, so that training cannot see them: only evaluation does.
/// </summary>
internal sealed class EvaluationLabels
{
    private const int FormatVersion = 1;

    /// <summary>A hundred million images take less.</summary>
    private const long MostBytes = 1L << 30;

    private readonly int[] _labels;

    /// <summary>Joins class names and labels.</summary>
    /// <param name="classes">Class names; no name occurs twice.</param>
    /// <param name="labels">For each image the index of its class, or -1 if it has none.</param>
    /// <exception cref="ArgumentException">A label is not among the classes, or a class occurs twice.</exception>
    public EvaluationLabels(IReadOnlyList<string> classes, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(labels);
        if (classes.Distinct(StringComparer.Ordinal).Count() != classes.Count)
            throw new ArgumentException("a class name occurs twice", nameof(classes));
        if (labels.Any(label => label < -1 || label >= classes.Count))
            throw new ArgumentException($"labels must lie between -1 and {classes.Count - 1}", nameof(labels));
        Classes = [.. classes];
        _labels = [.. labels];
        Labelled = _labels.Count(label => label >= 0);
    }

    /// <summary>Class names; a label is an index into them.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Number of images, labelled or not.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of images that have a label.</summary>
    public int Labelled { get; }

    /// <summary>Class of one image, or -1 if it has none.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public int this[int index] => _labels[index];

    /// <summary>Labels of a set that has none.</summary>
    /// <param name="count">Number of images.</param>
    public static EvaluationLabels None(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var labels = new int[count];
        Array.Fill(labels, -1);
        return new EvaluationLabels([], labels);
    }

    /// <summary>Gives each image the class of its name; classes are sorted by name.</summary>
    /// <param name="names">For each image its class name, or null.</param>
    /// <param name="classes">
    /// All classes there are, if <paramref name="names"/> is only a part (one split of two); sorted and without repetition.
    /// </param>
    public static EvaluationLabels FromNames(IReadOnlyList<string?> names, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        classes ??= [.. names.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var indices = classes.Select((name, index) => (name, index)).ToDictionary(
            pair => pair.name, pair => pair.index, StringComparer.Ordinal);
        return new EvaluationLabels(classes, [.. names.Select(name => name is null ? -1 : indices[name])]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The labels' file.</param>
    /// <exception cref="AutodidactException">The file is missing or is no such file.</exception>
    public static EvaluationLabels Load(string path)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(RegularFile.ReadAll(path, MostBytes), JsonSerializerOptions.Web);
            if (content is not { Version: FormatVersion, Classes: not null, Labels: not null } || content.Classes.Contains(null!))
                throw Failure(path, "it is no labels' file of this version", null);
            return new EvaluationLabels(content.Classes, content.Labels);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw Failure(path, OneLine.From(e.Message), e);
        }
    }

    /// <summary>Writes the labels, completely or not at all.</summary>
    /// <param name="path">File to write or replace.</param>
    public void Save(string path) =>
        AtomicFile.WriteText(path, JsonSerializer.Serialize(new Content(FormatVersion, [.. Classes], _labels), JsonSerializerOptions.Web));

    private static AutodidactException Failure(string path, string why, Exception? cause) =>
        new(FailureKind.Data, $"cannot read the labels {path} ({why}): delete the file and prepare the data again", cause);

    private sealed record Content(int Version, string[]? Classes, int[]? Labels);
}
