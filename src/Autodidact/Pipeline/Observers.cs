using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>What watches a training: features without labels, and k-NN where labels exist; for a student, answers for held-out images.</summary>
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
        if (LabelFiles.TrainLabels(data) is { } labels
            && Labelled(labels, context.PretrainPositions) is { Length: > 0 } bank
            && Labelled(labels, heldOut) is { Length: > 0 } queries)
        {
            observers.Add(new OnlineKnn(
                encoder,
                new PlainPixels(data.Train, input.ViewSize, input.Normalization),
                labels,
                Spread(bank, KnnBank),
                Spread(queries, KnnQueries),
                context.Options.Evaluate.BatchSize));
        }

        return observers;
    }

    public static IReadOnlyList<ITrainingObserver> ForStudent(RunContext context, MultiExitNetwork student, ModelInput input, int[] pseudoLabels)
    {
        var heldOut = Spread(context.HeldOutPositions, KnnQueries);
        return heldOut.Length == 0
            ? []
            :
            [
                new HoldoutAgreement(
                    student,
                    new PlainPixels(context.Target.Train, input.ViewSize, input.Normalization),
                    heldOut,
                    [.. heldOut.Select(p => pseudoLabels[p])],
                    context.Options.Evaluate.BatchSize,
                    context.Options.Distill.OnlyExit(student.ExitCount)),
            ];
    }

    private static int[] Labelled(int[] labels, int[] positions) => [.. positions.Where(p => labels[p] >= 0)];

    /// <summary>An even sample: sets lie sorted by class, so their first images are of one class.</summary>
    internal static int[] Spread(int[] positions, int count) => positions.Length <= count
        ? positions
        : [.. Enumerable.Range(0, count).Select(i => positions[(int)((long)i * positions.Length / count)])];
}
