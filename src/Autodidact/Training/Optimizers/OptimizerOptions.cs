using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Training;

/// <summary>Which optimizer moves the weights.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov &amp; Hutter 2019, arXiv 1711.05101).</summary>
    AdamW,

    /// <summary>Layer-wise adaptive rate scaling (You et al. 2017, arXiv 1708.03888) over momentum SGD.</summary>
    Lars,
}

/// <summary>Optimizer and learning-rate schedule: linear warm-up, then a cosine.</summary>
public sealed record OptimizerOptions : IOptionRules
{
    private static readonly OptionRule[] Rules =
    [
        OptionRule.ReadWhere((OptimizerOptions o) => o.Kind == OptimizerKind.Lars, "{kind}=lars", "trust_coefficient", "trust_clip"),
    ];

    /// <summary>Which optimizer.</summary>
    [Description("optimizer: sgd (Nesterov), adam-w or lars")]
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>Peak learning rate for one step, not scaled by the batch size.</summary>
    [Description("peak learning rate, as used (not scaled by the batch size)")]
    [Range(1e-9, 1000.0)]
    public double LearningRate { get; init; } = 0.12;

    /// <summary>Momentum (SGD, LARS) or beta1 (AdamW).</summary>
    [Description("momentum of sgd and lars, beta1 of adam-w")]
    [Range(0.0, 0.9999)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay; norms and biases (one-dimensional parameters) are never decayed.</summary>
    [Description("weight decay; norms and biases are never decayed")]
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Fraction of the steps over which the rate rises linearly.</summary>
    [Description("fraction of the steps over which the rate rises linearly from near 0")]
    [Range(0.0, 1.0)]
    public double WarmupFraction { get; init; } = 0.05;

    /// <summary>Rate at the end of the cosine, as a fraction of the peak.</summary>
    [Description("learning rate at the end, as a fraction of the peak")]
    [Range(0.0, 1.0)]
    public double FinalFraction { get; init; }

    /// <summary>Trust coefficient of LARS.</summary>
    [Description("lars: trust coefficient")]
    [Range(1e-6, 10.0)]
    public double TrustCoefficient { get; init; } = 0.02;

    /// <summary>Whether LARS holds a layer's rate to the schedule's at most, as solo-learn does; the published form does not.</summary>
    [Description("lars: hold a layer's rate to the schedule's at most (solo-learn); false is the published form")]
    public bool TrustClip { get; init; } = true;

    /// <summary>Gradients longer than this (global L2 norm) are scaled back to it; 0 is off.</summary>
    [Description("clip the global gradient norm to this; 0 is off")]
    [Range(0.0, 1e9)]
    public double ClipNorm { get; init; }

    /// <summary>Batches whose gradients are averaged before a step.</summary>
    [Description("batches whose gradients are averaged before each step")]
    [Range(1, 4096)]
    public int Accumulation { get; init; } = 1;

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;

    /// <summary>
    /// Learning rate at a step, a pure function: linear over the warm-up, then half a cosine from the peak to the final fraction.
    /// </summary>
    /// <param name="step">Step, from 0.</param>
    /// <param name="steps">Number of steps of the phase.</param>
    /// <param name="constant">True leaves out the decay.</param>
    public double RateAt(long step, long steps, bool constant = false)
    {
        var warmup = (long)Math.Round(WarmupFraction * steps);
        if (step < warmup)
        {
            return LearningRate * (step + 1) / (warmup + 1);
        }

        if (constant)
        {
            return LearningRate;
        }

        var t = (double)(step - warmup) / Math.Max(1, steps - warmup);
        return LearningRate * (FinalFraction + ((1 - FinalFraction) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, t)))));
    }
}
