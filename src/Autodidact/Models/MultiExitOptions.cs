namespace Autodidact.Models;

/// <summary>How a shallow exit brings its map to the deepest stage's shape.</summary>
public enum BranchDesign
{
    /// <summary>
    /// Depthwise-separable convolutions of stride 2, one for each stage left (Zhang, Bao &amp; Ma, "Self-distillation: towards efficient
    /// and compact neural networks", TPAMI 2022).
    /// </summary>
    Separable,

    /// <summary>
    /// 1x1 to a narrow width, k x k of stride k, 1x1 to the deepest width (Zhang et al., "SCAN: a scalable neural networks framework",
    /// NeurIPS 2019).
    /// </summary>
    Bottleneck,
}

/// <summary>Shape of a <see cref="MultiExitNetwork"/>'s exits.</summary>
public sealed record MultiExitOptions
{
    /// <summary>Classes, or pseudo-classes, each exit answers with.</summary>
    public required int Outputs { get; init; }

    /// <summary>Design of the branches.</summary>
    public BranchDesign Branch { get; init; } = BranchDesign.Bottleneck;

    /// <summary>Whether a gate multiplies the map before each branch.</summary>
    public bool Attention { get; init; }
}
