using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Pipeline;

/// <summary>The images of a run.</summary>
public sealed record DataOptions
{
    /// <summary>Target set.</summary>
    [Description("target images: a folder, a .zip, a CIFAR binary folder, or synthetic")]
    public string Source { get; init; } = "synthetic";

    /// <summary>Set to pre-train on; null is the target set.</summary>
    [Description("images to pre-train on, if not the target set")]
    public string? Pretrain { get; init; }

    /// <summary>Set to evaluate on; null is the target set's test part.</summary>
    [Description("images to evaluate on, if not the target set's own test part")]
    public string? Evaluation { get; init; }

    /// <summary>Where evaluation labels come from.</summary>
    [Description("labels for evaluation: none, folders, or a CSV file with key,label")]
    public string Labels { get; init; } = "folders";

    /// <summary>Side of the packed images; 0 keeps small images as they are.</summary>
    [Description("side of the packed images in pixels; 0 keeps the size of small images")]
    [Range(0, 4096)]
    public int ImageSize { get; init; }

    /// <summary>Fraction of the training images held out for monitors and choices.</summary>
    [Description("fraction of the training images held out, by key, for monitors and choices")]
    [Range(0.0, 0.5)]
    public double Holdout { get; init; } = 0.02;

    /// <summary>Training images of the built-in set.</summary>
    [Description("training images of the synthetic set")]
    [Range(100, 10_000_000)]
    public int SyntheticTrain { get; init; } = 5_000;

    /// <summary>Test images of the built-in set.</summary>
    [Description("test images of the synthetic set")]
    [Range(100, 10_000_000)]
    public int SyntheticTest { get; init; } = 2_000;

    /// <summary>Whether <see cref="Labels"/> names a file.</summary>
    internal static bool IsLabelFile(string labels) => labels.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
}
