using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="DeepClusterV2"/>.</summary>
public sealed record DeepClusterV2Options
{
    /// <summary>Clusters of each head; 0 is one for 100 images, 10 to 3,000.</summary>
    [Description("clusters of each head; 0 is one for 100 training images, at least 10 and at most 3000")]
    [Range(0, 1_000_000)]
    public int Prototypes { get; init; }

    /// <summary>Clusterings learned at once.</summary>
    [Description("clusterings that are learned at once, each with a seed of its own")]
    [Range(1, 64)]
    public int Heads { get; init; } = 3;

    /// <summary>Iterations of each clustering.</summary>
    [Description("most iterations of a clustering")]
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 10;

    /// <summary>Temperature of the loss.</summary>
    [Description("temperature of the loss")]
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Hidden size of the projector.</summary>
    [Description("hidden size of the projector")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings that are clustered")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 128;
}
