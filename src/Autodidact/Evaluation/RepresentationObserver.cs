using System.Globalization;
using Autodidact.Images;
using Autodidact.Metrics;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Training;
using Autodidact.Views;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Watches the encoder's features of held-out images after each epoch, without labels, and stops the training when they collapse: when they
/// all point the same way, whatever the image.
/// </summary>
internal sealed class RepresentationObserver : ITrainingObserver
{
    /// <summary>
    /// Standard deviation, as a fraction of that of features spread evenly over the sphere, below which features count as collapsed.
    /// Healthy encoders stay above 0.3 from the first epoch; a constant one has 0.
    /// </summary>
    public const double CollapsedDeviation = 0.02;

    private const ulong ViewSeed = 0xA11A;
    private const int ImagesAPass = 64;
    private readonly nn.Module<Tensor, Tensor> _encoder;
    private readonly IImageSet _images;
    private readonly int[] _positions;
    private readonly ViewSpec _views;

    /// <summary>Declares what is watched.</summary>
    /// <param name="encoder">The network in training, images to features.</param>
    /// <param name="images">The images.</param>
    /// <param name="positions">Which to watch, two or more; some hundreds are enough.</param>
    /// <param name="views">The views the method trains on; with two or more of them the alignment is measured.</param>
    public RepresentationObserver(nn.Module<Tensor, Tensor> encoder, IImageSet images, int[] positions, ViewSpec views)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions.Length, 2);
        _encoder = encoder;
        _images = images;
        _positions = positions;
        _views = views;
    }

    /// <inheritdoc/>
    /// <exception cref="AutodidactException">The features have collapsed or are not finite; kind Training.</exception>
    public IReadOnlyDictionary<string, double> EpochEnded(int epoch)
    {
        using var first = Features(0);
        using var second = _views.Views.Count > 1 ? Features(1) : null;
        var statistics = Finite(first) && (second is null || Finite(second))
            ? RepresentationMonitor.Measure(first, second)
            : throw new AutodidactException(
                FailureKind.Training, $"the features are not finite after epoch {epoch + 1}: lower the learning rate");
        var deviation = statistics.MeanStandardDeviation * Math.Sqrt(first.Columns);
        if (deviation < CollapsedDeviation)
        {
            var rank = statistics.EffectiveRank;
            throw new AutodidactException(
                FailureKind.Training,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the features collapsed after epoch {epoch + 1} (relative deviation {deviation:0.0000}, effective rank {rank:0.0}): ")
                + "lower the learning rate or lengthen the warm-up");
        }

        var metrics = new Dictionary<string, double>
        {
            ["deviation"] = deviation,
            ["smallest_deviation"] = statistics.SmallestStandardDeviation * Math.Sqrt(first.Columns),
            ["effective_rank"] = statistics.EffectiveRank,
            ["uniformity"] = statistics.Uniformity,
        };
        if (statistics.Alignment is { } alignment)
        {
            metrics["alignment"] = alignment;
        }

        return metrics;
    }

    private static bool Finite(FeatureMatrix features)
    {
        for (var row = 0; row < features.Rows; row++)
        {
            foreach (var value in features[row])
            {
                if (!float.IsFinite(value))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Features of one of the method's views; the same view of every image at every epoch, so that epochs compare.</summary>
    private FeatureMatrix Features(int view)
    {
        using var mode = new EvaluationMode(_encoder);
        var recipe = _views.Views[view];
        var length = ViewRenderer.OutputLength(recipe);
        var blocks = FeatureTensors.Blocks(_positions.Length, ImagesAPass).ToArray();
        FeatureMatrix? features = null;
        TorchWork.Run(blocks.Length, number =>
        {
            var (first, count) = blocks[number];
            var renderer = new ViewRenderer();
            var input = empty(count, recipe.Size, recipe.Size, 3, dtype: ScalarType.Float32, device: CPU);
            var values = FeatureTensors.Values(input);
            for (var i = 0; i < count; i++)
            {
                var position = _positions[first + i];
                var random = new CounterRandom(ViewSeed, 0, (uint)position, (uint)view);
                renderer.Render(_images.Pixels(position), _images.Height, _images.Width, recipe, random, values.Slice(i * length, length));
            }

            var output = _encoder.call(input.permute(0, 3, 1, 2).to(_encoder.DeviceOf())).cpu().contiguous();
            lock (blocks) features ??= new FeatureMatrix(_positions.Length, (int)output.shape[1]);
            FeatureTensors.Values(output).CopyTo(features.Block(first, count));
        });
        return features!;
    }
}
