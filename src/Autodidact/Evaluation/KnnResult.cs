namespace Autodidact.Evaluation;

/// <summary>Answers of a nearest-neighbour classifier.</summary>
internal sealed class KnnResult
{
    private readonly double[] _scores;

    internal KnnResult(int[] predictions, double[] scores, int classes) => (Predictions, _scores, Classes) = (predictions, scores, classes);

    /// <summary>Class of each query; the lowest number where classes have equal scores.</summary>
    public IReadOnlyList<int> Predictions { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Share of the votes each class got from one query's neighbours; they sum to 1.</summary>
    /// <param name="query">Row of the query.</param>
    public ReadOnlySpan<double> Scores(int query) => _scores.AsSpan(checked(query * Classes), Classes);

    /// <summary>Fraction of labelled queries answered rightly.</summary>
    /// <param name="labels">Class of each query; -1 is left out.</param>
    /// <exception cref="ArgumentException">The number of labels differs, or no query is labelled.</exception>
    public double Accuracy(ReadOnlySpan<int> labels)
    {
        if (labels.Length != Predictions.Count)
            throw new ArgumentException($"{Predictions.Count} queries but {labels.Length} labels", nameof(labels));
        int right = 0, labelled = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            labelled += labels[i] >= 0 ? 1 : 0;
            right += labels[i] >= 0 && labels[i] == Predictions[i] ? 1 : 0;
        }

        return labelled > 0 ? (double)right / labelled : throw new ArgumentException(
            "no query is labelled, so there is nothing to score", nameof(labels));
    }
}
