using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="MocoV2"/>.</summary>
public sealed record MocoOptions
{
    /// <summary>Temperature of the loss.</summary>
    [Description("temperature of the contrastive loss")]
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Keys of earlier batches that repel; never more than there are images.</summary>
    [Description("keys of earlier batches that repel; at most one a training image")]
    [Range(1, 10_000_000)]
    public int Queue { get; init; } = 4096;

    /// <summary>Momentum of the key encoder at the start.</summary>
    [Description("momentum of the key encoder")]
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Momentum of the key encoder at the end, reached by half a cosine; null is that of the start.</summary>
    [Description("momentum of the key encoder at the end, reached by half a cosine; unset is that of the start")]
    [Range(0.0, 1.0)]
    public double? FinalMomentum { get; init; }

    /// <summary>Whether each view is query once and key once, or the first the query and the second the key.</summary>
    [Description(
        "let each view be query once and key once; false is the published form, in which the first view asks and the second answers")]
    public bool Symmetric { get; init; } = true;

    /// <summary>Groups of a batch that batch norm sees apart; keys are shuffled over them.</summary>
    [Description(
        "groups of a batch that batch norm sees apart, keys shuffled over them, so that no statistics tell which key belongs to a query; "
        + "1 is one batch")]
    [Range(1, 1024)]
    public int NormGroups { get; init; } = 4;

    /// <summary>Hidden size of the projector.</summary>
    [Description("hidden size of the projector")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings the loss compares")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 128;
}
