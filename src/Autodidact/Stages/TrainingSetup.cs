using Autodidact.Artefacts;
using Autodidact.Images;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>A training that is ready to begin; the objective belongs to whoever holds the setup.</summary>
/// <param name="Objective">What is trained.</param>
/// <param name="Images">The set.</param>
/// <param name="Positions">Images of it that are trained on.</param>
/// <param name="Input">What the trained network sees when features are extracted.</param>
/// <param name="Options">Batch, steps, optimizer, seed.</param>
/// <param name="Observers">Monitors of the training.</param>
internal sealed record TrainingSetup(
    IObjective Objective,
    IImageSet Images,
    int[] Positions,
    ModelInput Input,
    TrainerOptions Options,
    IReadOnlyList<ITrainingObserver> Observers) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Objective.Dispose();
}
