using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="Swav"/>.</summary>
public sealed record SwavOptions : IOptionRules
{
    private static readonly OptionRule[] Rules =
    [
        OptionRule.ReadWhere((SwavOptions o) => o.Queue > 0, "{queue} is above 0", "queue_from"),
    ];

    /// <summary>Number of prototypes; 0 is one for 100 images, 10 to 3,000.</summary>
    [Description("number of prototypes; 0 is one for 100 training images, at least 10 and at most 3000")]
    [Range(0, 1_000_000)]
    public int Prototypes { get; init; }

    /// <summary>Temperature of the predictions.</summary>
    [Description("temperature of the predictions")]
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Softness of the codes.</summary>
    [Description("softness of the codes: epsilon of the Sinkhorn algorithm")]
    [Range(0.001, 100.0)]
    public double Epsilon { get; init; } = 0.05;

    /// <summary>Iterations of the Sinkhorn algorithm.</summary>
    [Description("iterations of the Sinkhorn algorithm")]
    [Range(1, 1000)]
    public int Iterations { get; init; } = 3;

    /// <summary>
    /// Embeddings of earlier batches, for each ordinary view, that codes are computed with; never more than there are images.
    /// </summary>
    [Description(
        "embeddings of earlier batches that codes are computed with, for each ordinary view; at most one a training image; 0 is none")]
    [Range(0, 10_000_000)]
    public int Queue { get; init; } = 3840;

    /// <summary>Point of the training from which the queue is used, once it is full.</summary>
    [Description("fraction of the training after which the queue is used, once it is full")]
    [Range(0.0, 1.0)]
    public double QueueFrom { get; init; } = 0.05;

    /// <summary>Share of the training at whose start the prototypes stay as they began.</summary>
    [Description("fraction of the training at whose start the prototypes stay as they began")]
    [Range(0.0, 1.0)]
    public double FreezeFraction { get; init; } = 0.01;

    /// <summary>Hidden size of the projector.</summary>
    [Description("hidden size of the projector")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings that prototypes are compared with")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 128;

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;
}
