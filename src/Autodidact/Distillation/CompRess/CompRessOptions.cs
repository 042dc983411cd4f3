using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Distillation;

/// <summary>The queues that <see cref="CompRess"/> compares the student with.</summary>
public enum CompRessQueues
{
    /// <summary>
    /// The teacher's memory for both (the paper's 1q): a linear layer brings each exit's feature to the teacher's dimension.
    /// </summary>
    One,

    /// <summary>A memory of its own for each exit (2q), filled by a student that follows the trained one slowly.</summary>
    Two,
}

/// <summary>Settings of <see cref="CompRess"/>; temperature and momentum are those of the paper.</summary>
public sealed record CompRessOptions : IOptionRules
{
    private static readonly OptionRule[] Rules =
    [
        OptionRule.ReadWhere((CompRessOptions o) => o.Queues == CompRessQueues.Two, "{queues}=two", "momentum"),
    ];

    /// <summary>Which memories there are. One has the better linear probes of the paper, and costs no second student.</summary>
    [Description("what exits are compared with: one (the teacher's memory, after a linear layer) or two (a memory of their own)")]
    public CompRessQueues Queues { get; init; } = CompRessQueues.One;

    /// <summary>Anchors in a memory, at most one a training image. The paper has 128,000 for the 1.28 million images of ImageNet.</summary>
    [Description("anchors in a memory; at most one a training image counts")]
    [Range(2, 1_048_576)]
    public int Memory { get; init; } = 16_384;

    /// <summary>Temperature of both sides' similarities.</summary>
    [Description("temperature of both sides' similarities to the anchors")]
    [Range(1e-4, 1000.0)]
    public double Temperature { get; init; } = 0.04;

    /// <summary>Momentum of the student that fills the exits' memories.</summary>
    [Description("momentum of the student that fills the exits' memories, where there are two")]
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Weight of the divergence; cross entropy, which moves the classifiers alone, has weight 1.</summary>
    [Description("weight of the divergence, mean over exits")]
    [Range(1e-6, 1e6)]
    public double Weight { get; init; } = 1;

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;
}
