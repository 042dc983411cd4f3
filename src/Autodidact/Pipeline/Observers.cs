using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>What watches a pre-training: features without labels, and k-NN where labels exist.</summary>
internal static class Observers
{
    private const int Watched = 512;
    private const int KnnQueries = 1000;
    private const int KnnBank = 5000;

    public static IReadOnlyList<ITrainingObserver> ForEncoder(
        RunContext context,
        Backbone encoder,
        ModelInput input,
        Func<double, ViewSpec> views)
    {
        var data = context.PretrainData;
        var heldOut = context.PretrainHeldOut;

        // A set too small for a hold-out is watched on its own training images.
        var watched = Spread(heldOut.Length >= 2 ? heldOut : context.PretrainPositions, Watched);
        var observers = new List<ITrainingObserver> { new RepresentationObserver(encoder, data.Train, watched, views(1)) };
        if (heldOut.Length > 0 && LabelFiles.TrainLabels(data) is { } labels)
        {
            observers.Add(new OnlineKnn(
                encoder,
                new PlainPixels(data.Train, input.ViewSize, input.Normalization),
                labels,
                Spread(context.PretrainPositions, KnnBank),
                Spread(heldOut, KnnQueries),
                context.Options.Evaluate.BatchSize));
        }

        return observers;
    }

    /// <summary>An even sample: sets lie sorted by class, so their first images are of one class.</summary>
    internal static int[] Spread(int[] positions, int count) => positions.Length <= count
        ? positions
        : [.. Enumerable.Range(0, count).Select(i => positions[(int)((long)i * positions.Length / count)])];
}
