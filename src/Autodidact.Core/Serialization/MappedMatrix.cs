using System.Runtime.InteropServices;

namespace Autodidact.Serialization;

/// <summary>
/// A float32 matrix in a .npy file, mapped into memory: opening it reads nothing but the header, and a file of any size takes little
/// memory. Safe to read from many threads. The owner disposes it.
/// </summary>
internal sealed class MappedMatrix : IDisposable
{
    private readonly MappedFile _file;
    private readonly long _dataStart;

    internal MappedMatrix(MappedFile file, long dataStart, int rows, int columns)
    {
        _file = file;
        _dataStart = dataStart;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>One row; valid until the matrix is disposed.</summary>
    public ReadOnlySpan<float> this[int row] => Block(row, 1);

    /// <summary>A block of whole rows; valid until the matrix is disposed.</summary>
    /// <param name="row">First row.</param>
    /// <param name="count">Number of rows; their bytes together must stay under 2^31.</param>
    public ReadOnlySpan<float> Block(int row, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)row + count, Rows, nameof(count));
        var bytes = _file.Bytes(_dataStart + ((long)row * Columns * sizeof(float)), checked(count * Columns * sizeof(float)));
        return MemoryMarshal.Cast<byte, float>(bytes);
    }

    /// <summary>Unmaps the file. Rows handed out before must not be used any more, nor may other threads be reading.</summary>
    public void Dispose() => _file.Dispose();
}
