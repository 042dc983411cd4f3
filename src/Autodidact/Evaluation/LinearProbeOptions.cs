namespace Autodidact.Evaluation;

/// <summary>Settings of <see cref="LinearProbe"/>.</summary>
public sealed record LinearProbeOptions
{
    /// <summary>
    /// Strength of the penalty in mean cross entropy + L2 / 2 * |W|^2; the bias is not penalised. scikit-learn's C is 1 / (L2 * training rows).
    /// </summary>
    public double L2 { get; init; } = 1e-3;

    /// <summary>Converged when the next step is expected to lower the loss by less. Float32 resolves about 1e-8.</summary>
    public double LossTolerance { get; init; } = 1e-6;

    /// <summary>Iterations after which the fit ends unconverged; a pass over the training features each, rarely two.</summary>
    public int MaxIterations { get; init; } = 300;
}
