using Autodidact.Numerics;

namespace Autodidact.Evaluation;

/// <summary>
/// Outputs of every exit of a student for the same images, shallowest exit first. Of their logits only the answers are kept: for a million
/// images and ten thousand clusters the logits of one exit would be 50 GB. Disposing it disposes the matrices.
/// </summary>
/// <param name="Features">Per exit: images by dimensions. None where only answers were asked for.</param>
/// <param name="Answers">Per exit the cluster of each image, and at last that of all exits together.</param>
/// <param name="Clusters">Number of clusters that they choose from.</param>
internal sealed record ExitData(IReadOnlyList<FeatureMatrix> Features, IReadOnlyList<int[]> Answers, int Clusters) : IDisposable
{
    /// <summary>Number of exits.</summary>
    public int Exits => Answers.Count - 1;

    /// <summary>Splits the outputs of one extraction: features of every exit, or none, and then the answers as a matrix.</summary>
    /// <param name="outputs">The matrices; the last one is disposed.</param>
    /// <param name="clusters">Number of clusters that the exits choose from.</param>
    public static ExitData FromOutputs(IReadOnlyList<FeatureMatrix> outputs, int clusters)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        using var answers = outputs[^1];
        var exits = answers.Columns - 1;
        if (outputs.Count != 1 && outputs.Count != exits + 1)
            throw new ArgumentException($"features of {outputs.Count - 1} exits and answers of {exits}", nameof(outputs));
        return new ExitData(
            [.. outputs.Take(outputs.Count - 1)],
            [
                .. Enumerable.Range(0, answers.Columns).Select(column =>
                    Enumerable.Range(0, answers.Rows).Select(row => (int)answers[row][column]).ToArray()),
            ],
            clusters);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in Features)
            matrix.Dispose();
    }
}
