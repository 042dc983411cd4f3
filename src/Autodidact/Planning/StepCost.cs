using Autodidact.Training;

namespace Autodidact.Planning;

/// <summary>Seconds of a training step.</summary>
/// <param name="Training">Of the training itself.</param>
/// <param name="Overhead">Its share of what happens between steps.</param>
internal readonly record struct StepCost(double Training, double Overhead)
{
    /// <summary>Both.</summary>
    public double Total => Training + Overhead;

    /// <summary>The work between steps, an epoch.</summary>
    public EpochCost Epoch { get; init; }

    /// <summary>Standard deviation of a step's seconds, as a share of them.</summary>
    public double Spread { get; init; }
}
