namespace Autodidact.Models;

/// <summary>
/// Refuses what cannot fit into this machine's memory, before any of it is asked for: the system hands out more than it has, and ends the
/// process when it is used. Each figure is less than what is really taken, so that nothing is refused that would work.
/// </summary>
internal static class MemoryCheck
{
    private const double Gigabyte = 1 << 30;

    /// <summary>Refuses a network whose weights alone are larger than the memory.</summary>
    /// <param name="net">Its shape.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="AutodidactException">It is too large; kind Environment.</exception>
    public static void Weights(ResNetOptions net, string name)
    {
        var numbers = ResNetLayout.Of(net).Sum(tensor => tensor.Shape.Aggregate(1.0, (product, size) => product * size));
        Require(numbers * sizeof(float), $"the weights of a {name}", "choose a smaller network");
    }

    /// <summary>Refuses a training whose maps of the first stage alone are larger than the memory.</summary>
    /// <param name="net">Shape of the network that learns.</param>
    /// <param name="name">Its name.</param>
    /// <param name="side">Side of its images in pixels.</param>
    /// <param name="images">Images that go through it at once.</param>
    /// <param name="precision">Number format of the maps.</param>
    /// <param name="remedy">The options to change.</param>
    /// <exception cref="AutodidactException">It is too large; kind Environment.</exception>
    public static void Training(ResNetOptions net, string name, int side, long images, Precision precision, string remedy)
    {
        double stem = net.Stem is Stem.ImageNet or Stem.CifarStride ? side / 2 : side;
        double stage = net.Stem is Stem.ImageNet or Stem.CifarPool ? Math.Floor(stem / 2) : stem;

        // Gradients need the result of every convolution and of every norm.
        var convolutions = ResNetOptions.Blocks[net.Depth][0] * (net.Bottleneck ? 3 : 2);
        var maps = 2 * net.Width * ((stem * stem) + (convolutions * stage * stage)) * (precision == Precision.Mixed ? 2 : sizeof(float));
        Require(
            images * (maps + (3.0 * side * side * sizeof(float))),
            FormattableString.Invariant($"a step of {images:N0} images of {side} x {side} through a {name}"),
            remedy);
    }

    private static void Require(double bytes, string what, string remedy)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes <= available) return;
        throw new AutodidactException(
            FailureKind.Environment,
            FormattableString.Invariant($"{what} would take {bytes / Gigabyte:N1} GB of memory at least, ")
            + FormattableString.Invariant($"and this machine has {available / Gigabyte:N1} GB: {remedy}"));
    }
}
