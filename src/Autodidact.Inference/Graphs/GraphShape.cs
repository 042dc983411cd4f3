namespace Autodidact.Inference.Graphs;

/// <summary>Shapes of values in graphs.</summary>
internal static class GraphShape
{
    /// <summary>Stands for the number of images in a shape.</summary>
    public const long Batch = -1;

    /// <summary>A picture of 4096 x 4096 in floats is three quarters of it.</summary>
    private const long MostValuesOfOne = 1L << 26;

    /// <summary>Numbers a value has for one image.</summary>
    /// <exception cref="InvalidDataException">They are more than any model here has.</exception>
    public static long Count(ReadOnlySpan<long> shape)
    {
        Int128 count = 1;
        foreach (var dimension in shape)
        {
            count *= dimension == Batch ? 1 : dimension;
            if (count > MostValuesOfOne)
            {
                throw new InvalidDataException($"one of its values has more than {MostValuesOfOne} numbers for one image");
            }
        }

        return (long)count;
    }
}
