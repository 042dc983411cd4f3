using Autodidact.Numerics;

namespace Autodidact.Tests;

/// <summary>Normal numbers for made-up features; the benchmarks compile this file too.</summary>
internal static class Gaussian
{
    /// <summary>A standard normal number (Box-Muller, one of the pair).</summary>
    public static double NextGaussian(this ref CounterRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
