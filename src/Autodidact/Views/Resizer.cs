using System.Runtime.Intrinsics;

namespace Autodidact.Views;

/// <summary>
/// Separable resize from interleaved bytes to planes of floats in [0, 1], mirrored on the way where asked for. Eight output rows are
/// made at a time: the vertical pass leaves them transposed, so that in the horizontal pass, too, each tap is one vector multiply-add.
/// </summary>
internal static unsafe class Resizer
{
    /// <summary>Floats of scratch that <see cref="Resize"/> needs.</summary>
    /// <param name="width">Source width in pixels.</param>
    internal static int ScratchLength(int width) => 3 * width * Lanes.Width;

    /// <summary>Resizes a box of at least 3 pixels' width.</summary>
    /// <param name="source">Top left pixel of the box: RGB bytes.</param>
    /// <param name="pitch">Bytes from row to row.</param>
    /// <param name="width">Width of the box in pixels; at least 3, as rows are read eight bytes at a time.</param>
    /// <param name="rows">Vertical weights, bringing bytes to [0, 1].</param>
    /// <param name="columns">Horizontal weights.</param>
    /// <param name="mirrored">Whether left and right are exchanged.</param>
    /// <param name="planes">Three planes of size x size, with slack of a vector behind each.</param>
    /// <param name="planeStride">Floats from plane to plane.</param>
    /// <param name="size">Side of the view.</param>
    /// <param name="scratch">See <see cref="ScratchLength"/>.</param>
    internal static void Resize(
        byte* source, nint pitch,
        int width, ResizeTable rows, ResizeTable columns, bool mirrored, float* planes, int planeStride, int size, float* scratch)
    {
        fixed (float* rowWeights = rows.Weights, columnWeights = columns.Weights)
        fixed (int* rowStarts = rows.Starts, rowCounts = rows.Counts, columnStarts = columns.Starts, columnCounts = columns.Counts)
        {
            for (var done = 0; done < size; done += Lanes.Width)
            {
                // The last group overlaps the one before, where the size is no multiple of eight.
                var y = Math.Max(0, Math.Min(done, size - Lanes.Width));
                Vertical(source, pitch, 3 * width, rowStarts, rowCounts, rowWeights, rows.Taps, y, size, scratch);
                Horizontal(
                    scratch,
                    columnStarts,
                    columnCounts,
                    columnWeights,
                    columns.Taps,
                    mirrored,
                    planes + (y * size),
                    planeStride,
                    size,
                    Math.Min(Lanes.Width, size - y));
            }
        }
    }

    /// <summary>Eight output rows from <paramref name="y"/>; value j of row r goes to scratch[8 j + r].</summary>
    private static void Vertical(
        byte* source, nint pitch, int length, int* starts, int* counts, float* weights, int taps, int y, int size, float* scratch)
    {
        var last = size - 1;
        for (var done = 0; done < length; done += Lanes.Width)
        {
            var j = Math.Min(done, length - Lanes.Width);
            var r0 = Column(source + j, pitch, y, starts, counts, weights, taps);
            var r1 = Column(source + j, pitch, Math.Min(y + 1, last), starts, counts, weights, taps);
            var r2 = Column(source + j, pitch, Math.Min(y + 2, last), starts, counts, weights, taps);
            var r3 = Column(source + j, pitch, Math.Min(y + 3, last), starts, counts, weights, taps);
            var r4 = Column(source + j, pitch, Math.Min(y + 4, last), starts, counts, weights, taps);
            var r5 = Column(source + j, pitch, Math.Min(y + 5, last), starts, counts, weights, taps);
            var r6 = Column(source + j, pitch, Math.Min(y + 6, last), starts, counts, weights, taps);
            var r7 = Column(source + j, pitch, Math.Min(y + 7, last), starts, counts, weights, taps);
            Lanes.Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
            var to = scratch + (j * Lanes.Width);
            r0.Store(to);
            r1.Store(to + 8);
            r2.Store(to + 16);
            r3.Store(to + 24);
            r4.Store(to + 32);
            r5.Store(to + 40);
            r6.Store(to + 48);
            r7.Store(to + 56);
        }
    }

    private static Vector256<float> Column(byte* source, nint pitch, int output, int* starts, int* counts, float* weights, int taps)
    {
        var from = source + (starts[output] * pitch);
        var weight = weights + ((nint)output * taps);
        var count = counts[output];
        var sum = Lanes.FromBytes(from) * weight[0];
        for (var t = 1; t < count; t++)
        {
            from += pitch;
            sum = Vector256.FusedMultiplyAdd(Lanes.FromBytes(from), Vector256.Create(weight[t]), sum);
        }

        return sum;
    }

    private static void Horizontal(
        float* scratch,
        int* starts, int* counts, float* weights, int taps, bool mirrored, float* planes, int planeStride, int size, int rowCount)
    {
        for (var done = 0; done < size; done += Lanes.Width)
        {
            var x = Math.Max(0, Math.Min(done, size - Lanes.Width));
            for (var channel = 0; channel < 3; channel++)
            {
                var from = scratch + (channel * Lanes.Width);
                var c0 = Row(from, Source(x, size, mirrored), starts, counts, weights, taps);
                var c1 = Row(from, Source(x + 1, size, mirrored), starts, counts, weights, taps);
                var c2 = Row(from, Source(x + 2, size, mirrored), starts, counts, weights, taps);
                var c3 = Row(from, Source(x + 3, size, mirrored), starts, counts, weights, taps);
                var c4 = Row(from, Source(x + 4, size, mirrored), starts, counts, weights, taps);
                var c5 = Row(from, Source(x + 5, size, mirrored), starts, counts, weights, taps);
                var c6 = Row(from, Source(x + 6, size, mirrored), starts, counts, weights, taps);
                var c7 = Row(from, Source(x + 7, size, mirrored), starts, counts, weights, taps);
                Lanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
                var to = planes + (channel * planeStride) + x;
                if (rowCount == Lanes.Width)
                {
                    c0.Store(to);
                    c1.Store(to + size);
                    c2.Store(to + (2 * size));
                    c3.Store(to + (3 * size));
                    c4.Store(to + (4 * size));
                    c5.Store(to + (5 * size));
                    c6.Store(to + (6 * size));
                    c7.Store(to + (7 * size));
                }
                else
                {
                    // Fewer than eight rows of fewer than eight columns: what passes a row's end is overwritten by the next row.
                    Span<Vector256<float>> block = [c0, c1, c2, c3, c4, c5, c6, c7];
                    for (var r = 0; r < rowCount; r++)
                        block[r].Store(to + (r * size));
                }
            }
        }
    }

    private static int Source(int x, int size, bool mirrored)
    {
        var inside = Math.Min(x, size - 1);
        return mirrored ? size - 1 - inside : inside;
    }

    private static Vector256<float> Row(float* from, int output, int* starts, int* counts, float* weights, int taps)
    {
        var at = from + ((nint)starts[output] * 3 * Lanes.Width);
        var weight = weights + ((nint)output * taps);
        var count = counts[output];
        var sum = Vector256.Load(at) * weight[0];
        for (var t = 1; t < count; t++)
        {
            at += 3 * Lanes.Width;
            sum = Vector256.FusedMultiplyAdd(Vector256.Load(at), Vector256.Create(weight[t]), sum);
        }

        return sum;
    }
}
