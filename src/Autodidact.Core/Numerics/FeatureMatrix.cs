using System.Runtime.InteropServices;

namespace Autodidact.Numerics;

/// <summary>
/// A dense float32 matrix, row by row, in memory outside the managed heap, so that a million 2048-d features fit and tensors can be built
/// over it without a detour. The owner disposes it.
/// </summary>
public sealed unsafe class FeatureMatrix : IDisposable
{
    private float* _data;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="columns">Number of columns, 1 or more.</param>
    public FeatureMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rows = rows;
        Columns = columns;
        _data = (float*)NativeMemory.AlignedAlloc(Math.Max(64, (nuint)rows * (nuint)columns * sizeof(float)), 64);
        NativeMemory.Clear(_data, (nuint)rows * (nuint)columns * sizeof(float));
        GC.AddMemoryPressure(Math.Max(1, (long)rows * columns * sizeof(float)));
    }

    /// <summary>Frees the memory of a matrix nobody disposed.</summary>
    ~FeatureMatrix() => Free();

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Address of the first value; valid until the matrix is disposed.</summary>
    public nint Pointer
    {
        get
        {
            var data = _data;
            ObjectDisposedException.ThrowIf(data is null, this);
            return (nint)data;
        }
    }

    /// <summary>One row, writable.</summary>
    public Span<float> this[int row] => Block(row, 1);

    /// <summary>A block of whole rows, writable.</summary>
    /// <param name="row">First row.</param>
    /// <param name="count">Number of rows; their values together must stay under 2^31.</param>
    public Span<float> Block(int row, int count)
    {
        var data = _data;
        ObjectDisposedException.ThrowIf(data is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)row + count, Rows, nameof(count));
        return new Span<float>(data + ((long)row * Columns), checked(count * Columns));
    }

    /// <summary>Copies the given rows, in that order, into a new matrix.</summary>
    /// <param name="rows">Row numbers; repeats allowed.</param>
    public FeatureMatrix Select(ReadOnlySpan<int> rows)
    {
        var result = new FeatureMatrix(rows.Length, Columns);
        for (var i = 0; i < rows.Length; i++)
        {
            this[rows[i]].CopyTo(result[i]);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data is null)
        {
            return;
        }

        NativeMemory.AlignedFree(_data);
        _data = null;
        GC.RemoveMemoryPressure(Math.Max(1, (long)Rows * Columns * sizeof(float)));
    }
}
