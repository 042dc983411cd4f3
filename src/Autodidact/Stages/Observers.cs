using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Stages;

/// <summary>
/// Monitors of a training. An encoder's features are watched without labels, and by k-NN where labels exist; a student's answers are
/// watched on held-out images.
/// </summary>
internal static class Observers
{
    private const int Watched = 512;
    private const int KnnQueries = 1000;
    private const int KnnBank = 5000;

    public static IReadOnlyList<ITrainingObserver> ForEncoder(
        RunOptions options,
        PackedData packed,
        Backbone encoder,
        ModelInput input,
        Func<double, ViewSpec> views)
    {
        var data = packed.Pretrain;
        var heldOut = packed.PretrainHeldOut;

        // A set too small for a hold-out is watched on its own training images.
        var watched = EvenSample.Of(heldOut.Length >= 2 ? heldOut : packed.PretrainPositions, Watched);
        var observers = new List<ITrainingObserver> { new RepresentationObserver(encoder, data.Train, watched, views(1)) };
        if (LabelFiles.TrainLabels(data) is { } labels
            && Labelled(labels, packed.PretrainPositions) is { Length: > 0 } bank
            && Labelled(labels, heldOut) is { Length: > 0 } queries)
        {
            observers.Add(new OnlineKnn(
                encoder,
                new PlainPixels(data.Train, input.ViewSize, input.Normalization),
                labels,
                EvenSample.Of(bank, KnnBank),
                EvenSample.Of(queries, KnnQueries),
                options.Evaluate.BatchSize));
        }

        return observers;
    }

    public static IReadOnlyList<ITrainingObserver> ForStudent(
        RunOptions options, PackedData packed, MultiExitNetwork student, ModelInput input, int[] pseudoLabels)
    {
        var heldOut = EvenSample.Of(packed.HeldOutPositions, KnnQueries);
        return heldOut.Length == 0
            ? []
            :
            [
                new HoldoutAgreement(
                    student,
                    new PlainPixels(packed.Target.Train, input.ViewSize, input.Normalization),
                    heldOut,
                    [.. heldOut.Select(p => pseudoLabels[p])],
                    options.Evaluate.BatchSize,
                    options.Distill.OnlyExit(student.ExitCount)),
            ];
    }

    private static int[] Labelled(int[] labels, int[] positions) => [.. positions.Where(p => labels[p] >= 0)];
}
