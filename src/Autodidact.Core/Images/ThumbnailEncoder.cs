using NetVips;

namespace Autodidact.Images;

/// <summary>Small pictures of packed images, as WebP.</summary>
internal static class ThumbnailEncoder
{
    /// <summary>One image.</summary>
    /// <param name="images">Packed images.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="side">Longest side of the picture, in pixels; an image is never enlarged.</param>
    /// <param name="quality">1 to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static byte[] Encode(PackedImages images, int index, int side, int quality)
    {
        ArgumentNullException.ThrowIfNull(images);
        Check(side, quality);
        VipsRuntime.EnsureStarted();
        using var small = Small(images, index, side);
        return small.WebpsaveBuffer(q: quality);
    }

    /// <summary>Several images on one sheet, row by row; cells are square, and pictures that are not stand in their middle.</summary>
    /// <param name="images">Packed images.</param>
    /// <param name="indices">Which of them, one at least.</param>
    /// <param name="side">Side of a cell in pixels.</param>
    /// <param name="columns">Pictures in a row.</param>
    /// <param name="quality">1 to 100.</param>
    /// <exception cref="ArgumentException">
    /// There is no image to show, or the sheet would be larger than WebP allows (16,383 pixels a side).
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static byte[] EncodeSheet(PackedImages images, IReadOnlyList<int> indices, int side, int columns, int quality)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(indices);
        Check(side, quality);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        const int MostPixels = 16_383;
        var rows = (indices.Count + columns - 1) / columns;
        if (rows == 0) throw new ArgumentException("there is no image to show", nameof(indices));
        if (Math.Max(columns, rows) * (long)side > MostPixels)
        {
            throw new ArgumentException(
                $"a sheet of {columns} x {rows} pictures of {side} pixels is larger than {MostPixels} pixels", nameof(indices));
        }

        VipsRuntime.EnsureStarted();
        var width = columns * side;
        var sheet = new byte[width * rows * side * 3];
        Array.Fill(sheet, (byte)255);
        for (var i = 0; i < indices.Count; i++)
        {
            using var small = Small(images, indices[i], side);
            var pixels = small.WriteToMemory<byte>();
            var (left, top) = ((i % columns * side) + ((side - small.Width) / 2), (i / columns * side) + ((side - small.Height) / 2));
            for (var y = 0; y < small.Height; y++)
                pixels.AsSpan(y * small.Width * 3, small.Width * 3).CopyTo(sheet.AsSpan((((top + y) * width) + left) * 3));
        }

        using var whole = Image.NewFromMemory(sheet, width, rows * side, 3, Enums.BandFormat.Uchar);
        using var tagged = whole.Copy(interpretation: Enums.Interpretation.Srgb);
        return tagged.WebpsaveBuffer(q: quality);
    }

    private static void Check(int side, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
    }

    private static Image Small(PackedImages images, int index, int side)
    {
        using var image = Image.NewFromMemory(images.Pixels(index).ToArray(), images.Width, images.Height, 3, Enums.BandFormat.Uchar);
        using var tagged = image.Copy(interpretation: Enums.Interpretation.Srgb);
        return tagged.ThumbnailImage(side, side, Enums.Size.Down);
    }
}
