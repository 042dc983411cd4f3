using Autodidact.Metrics;
using Autodidact.Models;
using Autodidact.Training;

namespace Autodidact.Evaluation;

/// <summary>
/// The share of held-out images to which each exit gives their pseudo-label, after each epoch. It shows the student's progress without
/// labels.
/// </summary>
/// <param name="student">The network in training.</param>
/// <param name="images">Un-augmented views of the training set.</param>
/// <param name="positions">Held-out images.</param>
/// <param name="pseudoLabels">Their clusters.</param>
/// <param name="batchSize">Images a batch.</param>
/// <param name="only">Position of the one exit that is trained, if not all are: of the others nothing is told.</param>
internal sealed class HoldoutAgreement(
    MultiExitNetwork student, PlainPixels images, int[] positions, int[] pseudoLabels, int batchSize, int? only = null) : ITrainingObserver
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> EpochEnded(int epoch)
    {
        var logits = FeatureExtractor.ExtractAll(student, x => student.forward(x).Logits, images, positions, batchSize);
        var metrics = new Dictionary<string, double>();
        for (var exit = 0; exit < logits.Count; exit++)
        {
            using var own = logits[exit];
            if (exit != (only ?? exit)) continue;
            metrics[$"exit_{exit + 1}_holdout_agreement"] = ClusteringMetrics.Agreement(ExitEnsemble.Answers(own), pseudoLabels);
        }

        metrics["holdout_agreement"] = metrics[$"exit_{(only ?? logits.Count - 1) + 1}_holdout_agreement"];
        return metrics;
    }
}
