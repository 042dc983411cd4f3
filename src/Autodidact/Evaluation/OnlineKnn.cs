using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// k-NN accuracy of held-out images against a sample of the training images, after each epoch, where labels exist: a number to watch.
/// Nothing reads it back.
/// </summary>
/// <param name="encoder">The network in training.</param>
/// <param name="images">Un-augmented views of the training set.</param>
/// <param name="labels">Class of each image, -1 where unknown.</param>
/// <param name="bank">Images compared with.</param>
/// <param name="queries">Held-out images.</param>
/// <param name="batchSize">Images a batch.</param>
internal sealed class OnlineKnn(
    nn.Module<Tensor, Tensor> encoder, PlainPixels images, int[] labels, int[] bank, int[] queries, int batchSize) : ITrainingObserver
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> EpochEnded(int epoch)
    {
        using var bankFeatures = FeatureExtractor.Extract(encoder, images, bank, batchSize);
        using var queryFeatures = FeatureExtractor.Extract(encoder, images, queries, batchSize);
        var accuracy = WeightedKnn.Accuracy(
            bankFeatures, [.. bank.Select(i => labels[i])], queryFeatures, [.. queries.Select(i => labels[i])], new WeightedKnnOptions());
        return new Dictionary<string, double> { ["knn"] = accuracy };
    }
}
