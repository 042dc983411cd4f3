namespace Autodidact.Views;

/// <summary>Three planes of size x size floats in a renderer's scratch; behind each lies slack of at least one vector.</summary>
internal readonly unsafe struct Planes(float* start, int size, int stride)
{
    internal float* Red => start;

    internal float* Green => start + Stride;

    internal float* Blue => start + (2 * Stride);

    internal int Size => size;

    internal int Length => size * size;

    /// <summary>Floats from plane to plane.</summary>
    internal int Stride => stride;

    /// <summary>Floats from plane to plane for a size: a multiple of a vector, with one vector of slack.</summary>
    internal static int StrideFor(int size) => ((size * size) + (2 * Lanes.Width) - 1) / Lanes.Width * Lanes.Width;
}
