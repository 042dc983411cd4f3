using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>Square parts of images at places of each image's own.</summary>
internal static class Patches
{
    /// <summary>Cuts as many patches of every image as there are places, all of one size.</summary>
    /// <param name="images">[B, C, H, W]; fastest with channels-last strides.</param>
    /// <param name="tops">First row of each patch: int64 [B, N].</param>
    /// <param name="lefts">First column of each patch: int64 [B, N].</param>
    /// <param name="side">Side of a patch in pixels; the caller sees to it that no patch leaves its image.</param>
    /// <returns>[B N, C, side, side] with channels-last strides: the patches of the first image, then those of the next.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a patch is larger than an image.</exception>
    public static Tensor Cut(Tensor images, Tensor tops, Tensor lefts, int side)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(tops);
        ArgumentNullException.ThrowIfNull(lefts);
        if (images.dim() != 4 || side < 1 || side > images.shape[2] || side > images.shape[3])
        {
            throw new ArgumentException(
                $"expected images [B, C, H, W] of at least {Math.Max(side, 1)} pixels, got [{string.Join(", ", images.shape)}]",
                nameof(images));
        }

        var (batch, channels, height, width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        if (tops.dim() != 2 || tops.shape[0] != batch || !lefts.shape.SequenceEqual(tops.shape))
        {
            throw new ArgumentException(
                $"expected tops and lefts [{batch}, N], got [{string.Join(", ", tops.shape)}] and [{string.Join(", ", lefts.shape)}]",
                nameof(tops));
        }

        var within = arange(side, dtype: ScalarType.Int64, device: tops.device);
        var rows = (tops.unsqueeze(2) + within).unsqueeze(3) * width;
        var columns = (lefts.unsqueeze(2) + within).unsqueeze(2);
        var first = (arange(batch, dtype: ScalarType.Int64, device: tops.device) * (height * width)).view(batch, 1, 1, 1);
        return images.permute(0, 2, 3, 1).reshape(batch * height * width, channels)
            .index_select(0, (first + rows + columns).flatten())
            .view(batch * tops.shape[1], side, side, channels)
            .permute(0, 3, 1, 2);
    }

    /// <summary>
    /// Gives every patch mean 0 and deviation 1 over all its values, so that brightness and contrast tell nothing about its neighbours.
    /// </summary>
    /// <param name="patches">[N, C, S, S].</param>
    public static Tensor Standardize(Tensor patches)
    {
        ArgumentNullException.ThrowIfNull(patches);
        var centred = patches - patches.mean([1L, 2L, 3L], keepdim: true);
        return centred / centred.square().mean([1L, 2L, 3L], keepdim: true).sqrt().add_(Smallest);
    }

    /// <summary>
    /// Keeps one colour channel of each patch, drawn at random, without its mean; fills the others with noise of about one grey level, and
    /// scales the patch to a mean square of 1: no aberration of the lens between channels is left to tell where in the picture a patch lay.
    /// </summary>
    /// <param name="patches">[N, C, S, S], normalised pixels.</param>
    public static Tensor DropColors(Tensor patches)
    {
        ArgumentNullException.ThrowIfNull(patches);
        var (count, channels) = (patches.shape[0], patches.shape[1]);
        var kept = Draws.Integers(0, channels, [count, 1], patches.device)
            .eq(arange(channels, dtype: ScalarType.Int64, device: patches.device))
            .to(patches.dtype)
            .view(count, channels, 1, 1);
        var noise = rand_like(patches).sub_(0.5).mul_(GreyLevel);
        var mixed = ((patches - patches.mean([2L, 3L], keepdim: true)) * kept) + (noise * (1 - kept));
        return mixed / mixed.square().mean([1L, 2L, 3L], keepdim: true).sqrt().add_(Smallest);
    }

    /// <summary>One of 256 grey levels in pixels of deviation 1, where that of an image is about a quarter of the range.</summary>
    private const double GreyLevel = 1 / 64.0;

    /// <summary>A patch of one colour stays 0.</summary>
    private const double Smallest = 1e-5;
}
