using Autodidact.Images;

namespace Autodidact.Evaluation;

/// <summary>The only door to labels: they are read here, for measurement, and handed to nothing that trains.</summary>
internal static class LabelFiles
{
    /// <summary>Classes of the training and evaluation images; null where there are no labels.</summary>
    /// <param name="data">Prepared data, with its labels.</param>
    public static LabelledSplits? Splits(PreparedData data)
    {
        var train = data.TrainLabels.Open();
        if (train.Classes.Count == 0)
        {
            return null;
        }

        var evaluation = data.EvaluationLabels is { } queries ? Values(queries.Open(), train.Classes) : [];
        return new LabelledSplits(Values(train, train.Classes), evaluation, train.Classes.Count);
    }

    /// <summary>Classes of the training images alone, for monitors; null where none is labelled.</summary>
    /// <param name="data">Prepared data.</param>
    public static int[]? TrainLabels(PreparedData data)
    {
        var labels = data.TrainLabels.Open();
        return labels.Labelled > 0 ? Values(labels, labels.Classes) : null;
    }

    /// <summary>Names of the classes that <see cref="Splits"/> numbers; empty where there are no labels.</summary>
    /// <param name="data">Prepared data.</param>
    public static IReadOnlyList<string> ClassNames(PreparedData data) => data.TrainLabels.Open().Classes;

    /// <summary>Class numbers in terms of the training classes; a class the training images lack is unknown, -1.</summary>
    private static int[] Values(EvaluationLabels labels, IReadOnlyList<string> classes)
    {
        var map = labels.Classes.Select(name => IndexOf(classes, name)).ToArray();
        return [.. Enumerable.Range(0, labels.Count).Select(i => labels[i] < 0 ? -1 : map[labels[i]])];
    }

    private static int IndexOf(IReadOnlyList<string> classes, string name)
    {
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
