using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>Random numbers that are the same on every device: they are drawn on the CPU.</summary>
internal static class Draws
{
    /// <summary>Random int64 from low up to, but without, high.</summary>
    /// <param name="low">The smallest.</param>
    /// <param name="high">One more than the largest.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="device">Where they are needed.</param>
    /// <param name="random">Their generator; null is torch's own.</param>
    public static Tensor Integers(long low, long high, long[] shape, Device device, Generator? random = null) =>
        randint(low, high, shape, dtype: ScalarType.Int64, device: CPU, generator: random).to(device);

    /// <summary>The numbers below a count in random order: int64.</summary>
    /// <param name="count">How many.</param>
    /// <param name="device">Where they are needed.</param>
    /// <param name="random">Their generator; null is torch's own.</param>
    public static Tensor Order(long count, Device device, Generator? random = null) =>
        randperm(count, ScalarType.Int64, CPU, generator: random).to(device);
}
