using Autodidact.Models;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>The four rotations of square images by quarters of a circle: exact moves of pixels, nothing is interpolated.</summary>
internal static class QuarterTurns
{
    /// <summary>Rotations there are.</summary>
    public const int Count = 4;

    /// <summary>Every image turned by 0, 90, 180 and 270 degrees against the clock.</summary>
    /// <param name="images">[B, C, S, S].</param>
    /// <returns>[4B, C, S, S] with channels-last strides: all images unturned, then all turned by 90 degrees, and so on.</returns>
    /// <exception cref="ArgumentException">The images are not square.</exception>
    public static Tensor All(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.shape[2] != images.shape[3])
        {
            throw new ArgumentException($"expected square images [B, C, S, S], got [{string.Join(", ", images.shape)}]", nameof(images));
        }

        var quarter = images.transpose(2, 3).flip(2);
        var half = images.flip(2, 3);
        return cat([images, quarter, half, half.transpose(2, 3).flip(2)], 0).ToChannelsLast();
    }

    /// <summary>Which rotation each row of <see cref="All"/> has: int64 [4B], 0 to 3.</summary>
    /// <param name="images">B.</param>
    /// <param name="device">Where they are to lie; null is the CPU.</param>
    public static Tensor Labels(long images, Device? device = null) =>
        arange(Count, dtype: ScalarType.Int64, device: device).repeat_interleave(images);
}
