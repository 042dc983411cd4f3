using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Quarter turns: Gidaris, Singh &amp; Komodakis, "Unsupervised representation learning by predicting image rotations", ICLR 2018, arXiv 1803.07728.</summary>
public static class Rotations
{
    /// <summary>Number of turns: 0, 90, 180 and 270 degrees, counter-clockwise.</summary>
    public const int Count = 4;

    /// <summary>Every image in every turn, channels-last: [4B, 3, S, S], the images unturned, then all of them turned by 90 degrees, and so on.</summary>
    /// <param name="images">float [B, 3, S, S].</param>
    /// <exception cref="ArgumentException">The images are not square.</exception>
    public static Tensor Of(Tensor images)
    {
        if (images.dim() != 4 || images.shape[2] != images.shape[3])
        {
            throw new ArgumentException($"expected square images [B, C, S, S], got [{string.Join(", ", images.shape)}]", nameof(images));
        }

        // Turned in their channels-last layout, so that the networks need not copy them again.
        var layout = images.permute(0, 2, 3, 1);
        return cat([.. Enumerable.Range(0, Count).Select(turn => layout.rot90(turn, (1, 2)))]).permute(0, 3, 1, 2);
    }

    /// <summary>The turn of each row of <see cref="Of"/>: int64 [4B].</summary>
    /// <param name="images">B.</param>
    public static Tensor Targets(long images) => arange(Count, ScalarType.Int64).repeat_interleave(images);
}
