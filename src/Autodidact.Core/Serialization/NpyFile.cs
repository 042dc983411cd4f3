using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Autodidact.Files;
using Autodidact.Numerics;

namespace Autodidact.Serialization;

/// <summary>NumPy's .npy format, version 1.0: little-endian, C order; float32, float64, int32, int64 and uint8.</summary>
internal static class NpyFile
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Writes a float32 matrix, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="matrix">[rows, columns].</param>
    public static void Write(string path, FeatureMatrix matrix) => AtomicFile.Write(path, stream =>
    {
        stream.Write(MatrixHeader(matrix.Rows, matrix.Columns));
        for (var row = 0; row < matrix.Rows; row++)
        {
            stream.Write(MemoryMarshal.AsBytes(matrix[row]));
        }
    });

    /// <summary>Writes an array, atomically.</summary>
    /// <typeparam name="T">float, double, int, long or byte.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="values">The values, in C order.</param>
    /// <param name="shape">Dimensions; their product is the number of values.</param>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params int[] shape)
        where T : unmanaged
    {
        if (Count(shape) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape ({string.Join(", ", shape)})", nameof(shape));
        }

        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        AtomicFile.Write(path, stream =>
        {
            stream.Write(Header(TypeOf<T>(), shape));
            stream.Write(bytes);
        });
    }

    /// <summary>Reads a float32 matrix; the caller disposes it.</summary>
    /// <param name="path">The file: two dimensions, float32, C order.</param>
    /// <exception cref="AutodidactException">It is not such a file; kind Data.</exception>
    public static FeatureMatrix ReadMatrix(string path)
    {
        using var stream = OpenRead(path);
        var shape = ReadMatrixShape(path, stream);
        var matrix = new FeatureMatrix(shape[0], shape[1]);
        for (var row = 0; row < matrix.Rows; row++)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(matrix[row]));
        }

        return matrix;
    }

    /// <summary>Maps a float32 matrix into memory; the caller disposes it.</summary>
    /// <param name="path">The file: two dimensions, float32, C order. It must not become shorter while it is mapped.</param>
    /// <param name="digests">What the file was, where that is known: rows are checked when they are first read.</param>
    /// <param name="remedy">What a user does about a damaged file.</param>
    /// <exception cref="AutodidactException">It is not such a file; kind Data.</exception>
    public static MappedMatrix MapMatrix(string path, BlockDigests? digests = null, string remedy = "write it again")
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = MappedFile.Open(path);
        try
        {
            if (digests is not null)
            {
                file.Guard(digests, remedy);
                file.Bytes(0, (int)Math.Min(1, file.Length));
            }

            using var stream = file.Read();
            var shape = ReadMatrixShape(path, stream);
            if (shape[1] > Array.MaxLength / sizeof(float))
            {
                throw Bad(path, $"its rows of {shape[1]} values are too long");
            }

            return stream.Position % sizeof(float) == 0
                ? new MappedMatrix(file, stream.Position, shape[0], shape[1])
                : throw Bad(path, $"its values begin at byte {stream.Position}, where no float can be read in place");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads an array.</summary>
    /// <typeparam name="T">float, double, int, long or byte, as the file's type is.</typeparam>
    /// <param name="path">The file, in C order.</param>
    /// <returns>Dimensions, and the values in C order.</returns>
    /// <exception cref="AutodidactException">It is not such a file; kind Data.</exception>
    public static (int[] Shape, T[] Values) Read<T>(string path)
        where T : unmanaged
    {
        using var stream = OpenRead(path);
        var shape = ReadShape<T>(path, stream);
        if (Count(shape) > Array.MaxLength)
        {
            throw Bad(path, $"its shape ({OneLine.From(string.Join(", ", shape))}) is too large for one array");
        }

        var values = new T[Count(shape)];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return (shape, values);
    }

    /// <summary>Header of a float32 matrix. It is equally long for every number of rows, so that one can be written over another.</summary>
    internal static byte[] MatrixHeader(int rows, int columns) => Header("<f4", [rows, columns]);

    private static byte[] Header(string type, IReadOnlyList<int> shape)
    {
        var tuple = shape.Count == 1 ? $"{shape[0]}," : string.Join(", ", shape);
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({tuple}), }}";
        var padding = 64 - ((Magic.Length + 2 + text.Length + 1) % 64);
        var header = Encoding.ASCII.GetBytes(text + new string(' ', padding % 64) + '\n');
        return [.. Magic, (byte)header.Length, (byte)(header.Length >> 8), .. header];
    }

    private static FileStream OpenRead(string path)
    {
        try
        {
            return RegularFile.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: cannot be opened ({OneLine.From(e.Message)}): check the path", e);
        }
    }

    private static int[] ReadMatrixShape(string path, Stream stream)
    {
        var shape = ReadShape<float>(path, stream);
        return shape.Length == 2 && shape[1] >= 1
            ? shape
            : throw Bad(path, $"expected a matrix, found the shape ({OneLine.From(string.Join(", ", shape))})");
    }

    /// <summary>Reads the header, and checks that exactly the values follow which it tells of.</summary>
    private static int[] ReadShape<T>(string path, Stream stream)
        where T : unmanaged
    {
        var header = ReadHeader(path, stream);
        var type = Between(path, header, "'descr': '", "'");
        if (type != TypeOf<T>())
        {
            throw Bad(path, $"expected values of type {TypeOf<T>()}, found {OneLine.From(type)}");
        }

        if (!header.Contains("'fortran_order': False", StringComparison.Ordinal))
        {
            throw Bad(path, "expected C order");
        }

        var sizes = Between(path, header, "'shape': (", ")")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var shape = new int[sizes.Length];
        var bytes = (Int128)Unsafe.SizeOf<T>();
        for (var i = 0; i < shape.Length; i++)
        {
            if (!int.TryParse(sizes[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]) || bytes > long.MaxValue)
            {
                throw Bad(path, $"its shape ({OneLine.From(string.Join(", ", sizes))}) is impossible");
            }

            bytes *= shape[i];
        }

        return bytes == stream.Length - stream.Position
            ? shape
            : throw Bad(
                path,
                $"it has {stream.Length - stream.Position} bytes of values, "
                + $"its shape ({OneLine.From(string.Join(", ", shape))}) tells of {bytes}");
    }

    private static string ReadHeader(string path, Stream stream)
    {
        var prefix = new byte[Magic.Length + 2];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length
            || !prefix.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw Bad(path, "not a .npy file of version 1.0");
        }

        var bytes = new byte[prefix[8] | (prefix[9] << 8)];
        return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
            ? Encoding.ASCII.GetString(bytes)
            : throw Bad(path, "its header is cut off");
    }

    private static long Count(IEnumerable<int> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    private static string TypeOf<T>() =>
        typeof(T) == typeof(float) ? "<f4"
        : typeof(T) == typeof(double) ? "<f8"
        : typeof(T) == typeof(int) ? "<i4"
        : typeof(T) == typeof(long) ? "<i8"
        : typeof(T) == typeof(byte) ? "|u1"
        : throw new NotSupportedException($"{typeof(T).Name} has no .npy type here: use float, double, int, long or byte");

    private static string Between(string path, string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(after, start + before.Length, StringComparison.Ordinal);
        return end < 0 ? throw Bad(path, "its header cannot be read") : text[(start + before.Length)..end];
    }

    private static AutodidactException Bad(string path, string what) =>
        new(FailureKind.Data, $"{path}: {what}: write it again or choose another");
}
