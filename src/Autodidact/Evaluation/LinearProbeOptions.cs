using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Evaluation;

/// <summary>Settings of <see cref="LinearProbe"/>.</summary>
public sealed record LinearProbeOptions
{
    /// <summary>The loss that the probe minimises.</summary>
    [Description("loss of a row with scores s: softmax (logistic regression, -log softmax(s) of its class) or squared-hinge "
        + "(Coates, Lee & Ng 2011: sum over classes of max(0, 1 - y s)^2, y = 1 for its class, -1 for others)")]
    public LinearProbeLoss Loss { get; init; } = LinearProbeLoss.Softmax;

    /// <summary>
    /// Strength of the penalty in mean loss + L2 / 2 * |W|^2; the bias is not penalised. C of scikit-learn and LIBLINEAR is 1 / (L2 *
    /// training rows), for either loss.
    /// </summary>
    [Description("penalty: mean loss + L2 / 2 * |W|^2, without the bias")]
    [Range(0.0, double.MaxValue)]
    public double L2 { get; init; } = 1e-3;

    /// <summary>Converged when the next step is expected to lower the loss by less. Float32 resolves about 1e-8.</summary>
    [Description("converged when the next step is expected to lower the loss by less")]
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double LossTolerance { get; init; } = 1e-6;

    /// <summary>Iterations after which the fit ends unconverged; a pass over the training features each, rarely two.</summary>
    [Description("most iterations of the fit")]
    [Range(1, int.MaxValue)]
    public int MaxIterations { get; init; } = 300;
}
