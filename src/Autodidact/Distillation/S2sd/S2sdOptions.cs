using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>Settings of <see cref="S2sd"/> and <see cref="S2sdLoss"/>.</summary>
public sealed record S2sdOptions
{
    /// <summary>Embedding heads beside each trained exit. The authors' code has 4.</summary>
    [Description("embedding heads beside each exit, in training only")]
    [Range(1, 16)]
    public int Heads { get; init; } = 4;

    /// <summary>
    /// Size of head j = 1, 2, ... is j times this times the feature's. At a feature size of 512, the default gives the published 512, 1024,
    /// 1536 and 2048.
    /// </summary>
    [Description("embedding size of head j (1, 2, ...) over j times the feature size")]
    [Range(0.01, 100.0)]
    public double HeadWidth { get; init; } = 1;

    /// <summary>Share of the training after which the backbone's feature teaches too. The authors' code begins at iteration 1000.</summary>
    [Description("share of the training after which the deepest exit's feature teaches the shallower too; 1 is never")]
    [Range(0.0, 1.0)]
    public double FeatureFrom { get; init; } = 0.1;

    /// <summary>Weights of a teacher's similarities: those of the heads (their mean) and of the backbone's feature alike.</summary>
    public SimilarityDistillationOptions Similarity { get; init; } = new();
}
