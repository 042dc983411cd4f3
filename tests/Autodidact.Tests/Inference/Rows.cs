using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Tests.Inference;

/// <summary>Indexes of made-up features.</summary>
internal static class Rows
{
    /// <summary>Groups of like rows: a few dozen around each of some centres.</summary>
    public static FeatureMatrix Clustered(int rows, int columns, int centres, ulong seed = 1)
    {
        var matrix = new FeatureMatrix(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            var own = new CounterRandom(seed, (uint)i, 1);
            var centre = new CounterRandom(seed, (uint)own.NextInt32(centres), 2);
            for (var j = 0; j < columns; j++)
            {
                matrix[i][j] = (float)(centre.NextGaussian() + (0.4 * own.NextGaussian()));
            }
        }

        return matrix;
    }

    /// <summary>Writes an index with the keys k0, k1, ...</summary>
    public static void Write(string path, FeatureMatrix matrix)
    {
        using var writer = new EmbeddingIndexWriter(path, matrix.Columns);
        for (var i = 0; i < matrix.Rows; i++)
        {
            writer.Append($"k{i}", matrix[i]);
        }

        writer.Complete();
    }

    /// <summary>Writes a matrix and keys as another program would: nothing says what they were.</summary>
    public static void WritePlain(string path, FeatureMatrix matrix)
    {
        NpyFile.Write(path, matrix);
        File.WriteAllLines(
            Path.ChangeExtension(path, ".keys.csv"), ["row,key", .. Enumerable.Range(0, matrix.Rows).Select(row => $"{row},k{row}")]);
    }
}
