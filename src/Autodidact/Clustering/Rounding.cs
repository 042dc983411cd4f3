namespace Autodidact.Clustering;

/// <summary>
/// The difference between computed and true distances. A squared distance computed as |x|^2 + |c|^2 - 2 x.c in float32, summed in whatever
/// order, is off by less than the slack (d + 16) 2^-24 (|x| + |c|)^2. A bound that leaves this room can skip a product and still give the
/// answer of computing it, bit for bit.
/// </summary>
internal static class Rounding
{
    private const float UnitRoundoff = 1f / (1 << 24);
    private const float Up = 1 + 1e-6f;
    private const float Down = 1 - 1e-6f;

    /// <summary>Error bound of one squared distance.</summary>
    public static float Slack(int dimensions, float squaredNorm, float longestCentroid)
    {
        var reach = MathF.Sqrt(squaredNorm) + longestCentroid;
        return (dimensions + 16) * UnitRoundoff * 1.01f * reach * reach;
    }

    /// <summary>At least the true distance.</summary>
    public static float Above(float squaredDistance, float slack) => MathF.Sqrt(Math.Max(0, squaredDistance) + slack) * Up;

    /// <summary>At most the true distance.</summary>
    public static float Below(float squaredDistance, float slack) => MathF.Sqrt(Math.Max(0, squaredDistance - slack)) * Down;

    /// <summary>
    /// A centroid whose true distance is above this has a computed distance above any computation of the given one: one slack for the given
    /// distance, one for computing it in another order, one for the centroid's own.
    /// </summary>
    public static float Threshold(float squaredDistance, float slack) => Above(squaredDistance, 3 * slack);
}
