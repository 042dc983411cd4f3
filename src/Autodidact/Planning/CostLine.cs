namespace Autodidact.Planning;

/// <summary>A cost that grows evenly with a number: the images of a step, or the numbers of a feature.</summary>
/// <param name="Fixed">The part that does not grow.</param>
/// <param name="Each">The cost of one more.</param>
internal readonly record struct CostLine(double Fixed, double Each)
{
    /// <summary>The line through two measurements; through the second and zero where noise or equal sizes leave no other.</summary>
    /// <param name="few">The smaller size, and its cost.</param>
    /// <param name="many">The larger size, and its cost.</param>
    public static CostLine Through((double Size, double Cost) few, (double Size, double Cost) many)
    {
        if (many.Size <= few.Size) return new CostLine(0, many.Cost / many.Size);
        var slope = (many.Cost - few.Cost) / (many.Size - few.Size);
        var start = many.Cost - (slope * many.Size);

        // Noise may make the first ones seem free, or more of them.
        return start >= 0 && slope > 0 ? new CostLine(start, slope) : new CostLine(0, many.Cost / many.Size);
    }

    /// <summary>The cost of a size.</summary>
    /// <param name="size">The size.</param>
    public double At(double size) => Fixed + (Each * size);
}
