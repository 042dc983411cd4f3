using Autodidact.Numerics;

namespace Autodidact.Evaluation;

/// <summary>Outputs of every exit of a student for the same images, shallowest exit first. Disposing it disposes the matrices.</summary>
/// <param name="Features">Per exit: images by dimensions.</param>
/// <param name="Logits">Per exit: images by clusters.</param>
internal sealed record ExitData(IReadOnlyList<FeatureMatrix> Features, IReadOnlyList<FeatureMatrix> Logits) : IDisposable
{
    /// <summary>Splits the outputs of one extraction in which all features come first and all logits after them.</summary>
    /// <param name="outputs">An even number of matrices.</param>
    public static ExitData FromOutputs(IReadOnlyList<FeatureMatrix> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var exits = outputs.Count / 2;
        if (exits == 0 || outputs.Count % 2 != 0)
            throw new ArgumentException($"expected features and logits of every exit, got {outputs.Count} matrices", nameof(outputs));
        return new ExitData([.. outputs.Take(exits)], [.. outputs.Skip(exits)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in Features.Concat(Logits))
            matrix.Dispose();
    }
}
