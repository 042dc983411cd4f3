using System.Runtime.CompilerServices;

namespace Autodidact.Views;

/// <summary>
/// A renderer's working memory, never shared between threads. A pointer is good until more is asked of the same buffer,
/// and as long as the renderer is kept alive.
/// </summary>
internal sealed unsafe class ViewScratch
{
    private float[] _planes = [];
    private float[] _work = [];
    private byte[] _window = [];

    /// <summary>Three planes of a size.</summary>
    internal Planes PlanesFor(int size)
    {
        var stride = Planes.StrideFor(size);
        return new Planes(Grow(ref _planes, 3 * stride), size, stride);
    }

    /// <summary>Floats for one operation at a time.</summary>
    internal float* Work(int length) => Grow(ref _work, length);

    /// <summary>Bytes for a window copied out of the image.</summary>
    internal byte* Window(int length) => Grow(ref _window, length);

    private static T* Grow<T>(ref T[] buffer, int length)
        where T : unmanaged
    {
        // Pinned arrays do not move, and nothing needs freeing.
        if (buffer.Length < length)
            buffer = GC.AllocateUninitializedArray<T>(length, pinned: true);
        return (T*)Unsafe.AsPointer(ref buffer[0]);
    }
}
