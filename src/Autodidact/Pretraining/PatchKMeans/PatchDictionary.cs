using Autodidact.Numerics;
using Autodidact.Objectives;

namespace Autodidact.Pretraining;

/// <summary>
/// The dictionary that <see cref="PatchKMeans"/> learned. A patch is a row of d = 3 S^2 values from 0 to 255, channel by channel, each
/// channel row by row.
/// </summary>
/// <param name="PatchSize">S.</param>
/// <param name="ContrastOffset">Added to a patch's variance before its contrast is normalised.</param>
/// <param name="Whitening">W, [d, d], symmetric, row by row.</param>
/// <param name="Shift">What is added after the product with W, [d]: minus W times the mean patch.</param>
/// <param name="Centroids">The dictionary, [k, d], in whitened coordinates.</param>
internal sealed record PatchDictionary(
    int PatchSize, double ContrastOffset, float[] Whitening, float[] Shift, FeatureMatrix Centroids) : IDisposable
{
    /// <summary>Values of a patch.</summary>
    public int Values => Shift.Length;

    /// <summary>Patches along a side of an image.</summary>
    /// <param name="side">Side of the image in pixels.</param>
    public int Positions(int side) => side - PatchSize + 1;

    /// <summary>Numbers that are kept.</summary>
    public long Parameters => Whitening.LongLength + Shift.LongLength + ((long)Centroids.Rows * Values);

    /// <summary>Multiply-accumulates of an image: whitening, and the product with the dictionary, at every position.</summary>
    /// <param name="side">Side of the image in pixels.</param>
    public long Macs(int side) => (long)Positions(side) * Positions(side) * Values * (Values + Centroids.Rows);

    /// <inheritdoc/>
    public void Dispose() => Centroids.Dispose();
}
