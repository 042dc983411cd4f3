using System.Runtime.Intrinsics;

namespace Autodidact.Views;

/// <summary>Gaussian blur of planes, separable, borders reflected without repeating the edge pixel, as torchvision has it.</summary>
internal static unsafe class BlurOp
{
    /// <summary>Floats of scratch that <see cref="Apply"/> needs: one plane and one padded row.</summary>
    internal static int ScratchLength(int size, int kernelSize) => Planes.StrideFor(size) + size + kernelSize + Lanes.Width;

    /// <summary>Fills the normalised kernel.</summary>
    internal static void Kernel(Span<float> kernel, float sigma)
    {
        var half = (kernel.Length - 1) * 0.5;
        var total = 0.0;
        for (var i = 0; i < kernel.Length; i++)
            total += Density(i - half, sigma);
        for (var i = 0; i < kernel.Length; i++)
            kernel[i] = (float)(Density(i - half, sigma) / total);
    }

    /// <summary>Blurs all three planes in place.</summary>
    /// <param name="planes">The view.</param>
    /// <param name="kernel">Odd length, at most 2 size - 1, so that one reflection suffices.</param>
    /// <param name="scratch">See <see cref="ScratchLength"/>.</param>
    internal static void Apply(in Planes planes, ReadOnlySpan<float> kernel, float* scratch)
    {
        var size = planes.Size;
        var row = scratch + Planes.StrideFor(size);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = planes.Red + (channel * planes.Stride);
            Vertical(plane, size, kernel, scratch);
            for (var y = 0; y < size; y++)
                Horizontal(scratch + (y * size), size, kernel, row, plane + (y * size));
        }
    }

    private static double Density(double x, float sigma) => Math.Exp(-0.5 * (x / sigma) * (x / sigma));

    private static void Vertical(float* plane, int size, ReadOnlySpan<float> kernel, float* result)
    {
        var radius = kernel.Length / 2;
        for (var y = 0; y < size; y++)
        {
            // Whole vectors: what passes the row's end is overwritten by the next row, and the last row has slack behind it.
            for (var x = 0; x < size; x += Lanes.Width)
            {
                var sum = Vector256<float>.Zero;
                for (var k = 0; k < kernel.Length; k++)
                    sum = Vector256.FusedMultiplyAdd(
                        Vector256.Load(plane + (Reflect(y + k - radius, size) * size) + x), Vector256.Create(kernel[k]), sum);
                sum.Store(result + (y * size) + x);
            }
        }
    }

    private static void Horizontal(float* source, int size, ReadOnlySpan<float> kernel, float* padded, float* result)
    {
        var radius = kernel.Length / 2;
        new ReadOnlySpan<float>(source, size).CopyTo(new Span<float>(padded + radius, size));
        for (var i = 1; i <= radius; i++)
        {
            padded[radius - i] = source[Reflect(-i, size)];
            padded[radius + size - 1 + i] = source[Reflect(size - 1 + i, size)];
        }

        for (var x = 0; x < size; x += Lanes.Width)
        {
            var sum = Vector256<float>.Zero;
            for (var k = 0; k < kernel.Length; k++)
                sum = Vector256.FusedMultiplyAdd(Vector256.Load(padded + x + k), Vector256.Create(kernel[k]), sum);
            sum.Store(result + x);
        }
    }

    private static int Reflect(int i, int size) => i < 0 ? -i : i >= size ? (2 * (size - 1)) - i : i;
}
