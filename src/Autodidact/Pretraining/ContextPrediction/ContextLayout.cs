using System.Globalization;
using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Where a patch in the middle of a view and its eight neighbours lie.</summary>
/// <param name="Side">Side of the view.</param>
/// <param name="Patch">Side of a patch.</param>
/// <param name="Gap">Pixels between two patches.</param>
/// <param name="Jitter">Most pixels by which a patch is moved in each direction.</param>
internal sealed record ContextLayout(int Side, int Patch, int Gap, int Jitter)
{
    /// <summary>Neighbours of a patch.</summary>
    public const int Neighbors = 8;

    /// <summary>Smallest patch that has anything on it.</summary>
    public const int SmallestPatch = 2;

    private static readonly long[] Rows = [-1, -1, -1, 0, 0, 1, 1, 1];
    private static readonly long[] Columns = [-1, 0, 1, -1, 1, -1, 0, 1];

    /// <summary>
    /// The layout for a view. The jitter is at least a pixel where it is wanted at all and there is room, and never more than there is.
    /// </summary>
    /// <param name="side">Side of the view.</param>
    /// <param name="options">Fractions of patch, gap and jitter.</param>
    /// <exception cref="AutodidactException">The view is too small; kind Usage.</exception>
    public static ContextLayout For(int side, ContextPredictionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var patch = (int)Math.Round(side * options.Patch);
        var gap = (int)(patch * options.Gap);
        var room = ((side - patch) / 2) - (patch + gap);
        if (patch < SmallestPatch)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                FormattableString.Invariant($"views of {side} px make patches of {patch} px, at least {SmallestPatch} are needed: ")
                + "raise the size of the views or their size at the start, or raise patch");
        }

        if (room < 0)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                FormattableString.Invariant($"a view of {side} px does not hold three patches of {patch} px with gaps of {gap} px: ")
                + "lower patch or gap");
        }

        return new ContextLayout(
            side, patch, gap, options.Jitter > 0 ? Math.Min(room, Math.Max(1, (int)Math.Round(patch * options.Jitter))) : 0);
    }

    /// <summary>Cuts the patch in the middle of each image and the neighbour asked for, each moved by the jitter.</summary>
    /// <param name="images">[B, C, side, side].</param>
    /// <param name="neighbors">Which neighbour, row by row without the middle: int64 [B], 0 to 7.</param>
    /// <returns>[2B, C, patch, patch]: middle and neighbour of the first image, then of the next.</returns>
    public Tensor Pairs(Tensor images, Tensor neighbors)
    {
        ArgumentNullException.ThrowIfNull(neighbors);
        return Patches.Cut(images, Start(Rows), Start(Columns), Patch);

        Tensor Start(long[] directions) => this.Start(tensor(directions, device: neighbors.device).index_select(0, neighbors));
    }

    private Tensor Start(Tensor direction)
    {
        var middle = (Side - Patch) / 2;
        var steps = stack([zeros_like(direction), direction], 1);
        return (steps * (Patch + Gap)) + middle + Draws.Integers(-Jitter, Jitter + 1, steps.shape, steps.device);
    }
}
