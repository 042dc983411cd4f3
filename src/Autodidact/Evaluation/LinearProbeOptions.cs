using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Evaluation;

/// <summary>Settings of <see cref="LinearProbe"/>.</summary>
public sealed record LinearProbeOptions
{
    /// <summary>
    /// Strength of the penalty in mean cross entropy + L2 / 2 * |W|^2; the bias is not penalised. scikit-learn's C is 1 / (L2 * training rows).
    /// </summary>
    [Description("penalty: mean cross entropy + L2 / 2 * |W|^2")]
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
