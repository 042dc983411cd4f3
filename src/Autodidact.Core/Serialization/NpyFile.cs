using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Serialization;

/// <summary>NumPy's .npy format, version 1.0: little-endian, C order.</summary>
public static class NpyFile
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Writes a float32 matrix, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="matrix">[rows, columns].</param>
    public static void Write(string path, FeatureMatrix matrix) => AtomicFile.Write(path, stream =>
    {
        stream.Write(Header("<f4", [matrix.Rows, matrix.Columns]));
        for (var row = 0; row < matrix.Rows; row++)
        {
            stream.Write(MemoryMarshal.AsBytes(matrix[row]));
        }
    });

    /// <summary>Writes an int32 array, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">The values, in C order.</param>
    /// <param name="shape">Dimensions; their product is the number of values.</param>
    public static void Write(string path, ReadOnlySpan<int> values, params int[] shape)
    {
        if (shape.Aggregate(1L, (a, b) => a * b) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape ({string.Join(", ", shape)})", nameof(shape));
        }

        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        AtomicFile.Write(path, stream =>
        {
            stream.Write(Header("<i4", shape));
            stream.Write(bytes);
        });
    }

    /// <summary>Reads a float32 matrix.</summary>
    /// <param name="path">The file: two dimensions, float32, C order.</param>
    /// <exception cref="AutodidactException">It is not such a file; kind Data.</exception>
    public static FeatureMatrix ReadMatrix(string path)
    {
        using var stream = File.OpenRead(path);
        var (type, shape) = ReadHeader(path, stream);
        if (type != "<f4" || shape.Length != 2 || shape[1] < 1 || stream.Length - stream.Position != (long)shape[0] * shape[1] * sizeof(float))
        {
            throw Bad(path, $"expected a whole float32 matrix, found {type} ({string.Join(", ", shape)})");
        }

        var matrix = new FeatureMatrix(shape[0], shape[1]);
        for (var row = 0; row < matrix.Rows; row++)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(matrix[row]));
        }

        return matrix;
    }

    private static byte[] Header(string type, IReadOnlyList<int> shape)
    {
        var tuple = shape.Count == 1 ? $"{shape[0]}," : string.Join(", ", shape);
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({tuple}), }}";
        var padding = 64 - ((Magic.Length + 2 + text.Length + 1) % 64);
        var header = Encoding.ASCII.GetBytes(text + new string(' ', padding % 64) + '\n');
        return [.. Magic, (byte)header.Length, (byte)(header.Length >> 8), .. header];
    }

    private static (string Type, int[] Shape) ReadHeader(string path, Stream stream)
    {
        var prefix = new byte[Magic.Length + 2];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length || !prefix.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw Bad(path, "not a .npy file of version 1.0");
        }

        var bytes = new byte[prefix[8] | (prefix[9] << 8)];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Bad(path, "its header is cut off");
        }

        var header = Encoding.ASCII.GetString(bytes);
        var type = Between(path, header, "'descr': '", "'");
        var shape = Between(path, header, "'shape': (", ")").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return header.Contains("'fortran_order': False", StringComparison.Ordinal) && shape.All(d => int.TryParse(d, CultureInfo.InvariantCulture, out var n) && n >= 0)
            ? (type, [.. shape.Select(d => int.Parse(d, CultureInfo.InvariantCulture))])
            : throw Bad(path, "expected C order and plain dimensions");
    }

    private static string Between(string path, string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(after, start + before.Length, StringComparison.Ordinal);
        return end < 0 ? throw Bad(path, "its header cannot be read") : text[(start + before.Length)..end];
    }

    private static AutodidactException Bad(string path, string what) => new(FailureKind.Data, $"{path}: {what}: write it again or choose another");
}
