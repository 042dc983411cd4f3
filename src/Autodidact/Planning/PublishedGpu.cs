using System.Globalization;

namespace Autodidact.Planning;

/// <summary>
/// A GPU of which others have published how fast it trains a ResNet-50 on images of 224 pixels. This machine is timed at the same training,
/// and the ratio is taken for every training.
/// </summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="ImagesPerSecond">Training images a second in mixed precision, one GPU.</param>
/// <param name="MemoryGb">Its memory.</param>
/// <param name="LinkBytesPerSecond">Bytes a second between GPUs of one machine.</param>
/// <param name="Source">Where the figure was published.</param>
internal sealed record PublishedGpu(string Name, double ImagesPerSecond, int MemoryGb, double LinkBytesPerSecond, string Source)
{
    private const double NvLink = 150e9;
    private const double Pcie = 10e9;
    private const string Nvidia = "NVIDIA DeepLearningExamples, ResNet-50 v1.5 for PyTorch, 'Training performance' (2021)";
    private const string ServerGear = "server-gear.com, tf_cnn_benchmarks, resnet50 fp16, batch 256 (2023)";

    /// <summary>Seconds of a small message between GPUs of one machine.</summary>
    private const double Latency = 20e-6;

    /// <summary>The GPUs with published figures.</summary>
    public static IReadOnlyList<PublishedGpu> All { get; } =
    [
        new("v100", 1200, 16, NvLink, Nvidia),
        new("a100", 2470, 80, NvLink, Nvidia),
        new("rtx3090", 1182, 24, Pcie, ServerGear),
        new("rtx4090", 1776, 24, Pcie, ServerGear),
    ];

    /// <summary>Speed between GPUs of one machine.</summary>
    public NetworkSpeed Link => new(LinkBytesPerSecond, Latency);

    /// <summary>A GPU by its name, or one of which the user has measured the figure: <c>3000img/s</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="AutodidactException">There is no figure for it; kind Usage.</exception>
    public static PublishedGpu Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Unit = "img/s";
        if (All.FirstOrDefault(gpu => gpu.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known) return known;
        if (text.EndsWith(Unit, StringComparison.Ordinal)
            && double.TryParse(text[..^Unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
            && rate is > 0 and < 1e9)
        {
            return new PublishedGpu(text, rate, 0, Pcie, "your figure");
        }

        throw new AutodidactException(
            FailureKind.Usage,
            $"--device {OneLine.From(text)}: no published figure is known: take cpu, {string.Join(", ", All.Select(gpu => gpu.Name))}, "
            + "or the images a second that it trains a ResNet-50 at 224 px at, such as 3000img/s");
    }
}
