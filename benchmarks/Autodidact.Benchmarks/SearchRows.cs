using System.Globalization;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Tests;

namespace Autodidact.Benchmarks;

/// <summary>
/// Made-up features to search, with a variance that falls from column to column. They lie in groups, as features of images of things do,
/// or without any, which is the worst case of every index.
/// </summary>
internal static class SearchRows
{
    private const int RowsPerGroup = 500;
    private const int BlockRows = 8192;

    /// <summary>Number of groups of so many rows; 0 for the kind "none".</summary>
    public static int Groups(string kind, int rows) => kind == "none" ? 0 : Math.Max(1, rows / RowsPerGroup);

    /// <summary>Writes an index of such rows.</summary>
    public static void Write(string path, int rows, int columns, int groups)
    {
        using var writer = new EmbeddingIndexWriter(path, columns);
        using var block = new FeatureMatrix(Math.Min(rows, BlockRows), columns);
        for (var first = 0; first < rows; first += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - first);
            Parallel.For(0, count, i => Fill(block[i], groups, new CounterRandom(4, (uint)(first + i))));
            for (var i = 0; i < count; i++)
            {
                writer.Append(string.Create(CultureInfo.InvariantCulture, $"pictures/{first + i:D8}.jpg"), block[i]);
            }
        }

        writer.Complete();
    }

    /// <summary>Queries drawn as the rows are, none of them a row.</summary>
    public static FeatureMatrix Queries(int count, int columns, int groups)
    {
        var queries = new FeatureMatrix(count, columns);
        for (var i = 0; i < count; i++)
        {
            Fill(queries[i], groups, new CounterRandom(5, (uint)i));
        }

        return queries;
    }

    private static void Fill(Span<float> row, int groups, CounterRandom random)
    {
        var centre = new CounterRandom(3, (uint)random.NextInt32(Math.Max(1, groups)));
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = (float)(((groups == 0 ? 0 : centre.NextGaussian()) + (0.6 * random.NextGaussian())) / Math.Sqrt(1 + (j / 8.0)));
        }
    }
}
