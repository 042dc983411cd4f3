using Autodidact.Numerics;

namespace Autodidact.Tests.Evaluation;

/// <summary>The formulas of tools/reference/metrics.py: both sides make the same features, only results are checked in.</summary>
internal static class ReferenceFeatures
{
    public const int CentreSeed = 99;

    public static double At(int i, int j, int seed)
    {
        var h = unchecked(((uint)i * 0x9E3779B1) + ((uint)j * 0x85EBCA77) + ((uint)seed * 0xC2B2AE3D));
        h = unchecked((h ^ (h >> 16)) * 0x85EBCA6B);
        h = unchecked((h ^ (h >> 13)) * 0xC2B2AE35);
        h ^= h >> 16;
        return (h / 2147483648.0) - 1;
    }

    public static (FeatureMatrix Features, int[] Labels) Blobs(int rows, int columns, int classes, int seed, double spread)
    {
        var matrix = new FeatureMatrix(rows, columns);
        var labels = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            labels[i] = i % classes;
            for (var j = 0; j < columns; j++)
                matrix[i][j] = (float)(At(labels[i], j, CentreSeed) + (spread * At(i, j, seed)));
        }

        return (matrix, labels);
    }
}
