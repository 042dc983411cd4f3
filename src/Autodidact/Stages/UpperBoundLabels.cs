using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Numerics;
using Autodidact.Pretraining;

namespace Autodidact.Stages;

/// <summary>
/// The one place where a label becomes a target: for upper bounds and semi-supervised methods, with which results without labels are
/// compared. The methods that may ask are marked in <see cref="DistillMethods"/> and <see cref="PretrainMethods"/>, a run must allow it
/// (<c>allow_labels</c>), and its summary says so.
/// </summary>
internal static class UpperBoundLabels
{
    /// <summary>Class of each training image of the target set, in pack order, and the number of classes.</summary>
    /// <exception cref="AutodidactException">An image it trains on has no label; kind Data.</exception>
    public static (int[] Targets, int Classes) Read(RunOptions run, PackedData data)
    {
        var options = run.Distill;
        if (!DistillMethods.Get(options.Method).UsesLabels || !options.AllowLabels)
        {
            throw new InvalidOperationException($"{options.Method} must not see labels");
        }

        var labels = OfTraining(data.Target);
        var missing = data.TrainPositions.Count(p => labels[p] < 0);
        return missing == 0
            ? (labels, labels.Max() + 1)
            : throw new AutodidactException(
                FailureKind.Data,
                $"{run.Data.Source}: {missing} of {data.TrainPositions.Length} training images have no label, "
                + $"and distill.method={options.Method} trains on labels: give them with --labels, or choose a method without");
    }

    /// <summary>
    /// Labels of a fraction of the pre-training images, the same fraction of each class, drawn by the run's seed; the others stay unknown.
    /// </summary>
    /// <exception cref="AutodidactException">Fewer than two classes are labelled; kind Data.</exception>
    public static TrainingLabels Some(RunOptions run, PackedData data)
    {
        var options = run.Pretrain;
        if (!PretrainMethods.Get(options.Method).UsesLabels || !options.AllowLabels)
        {
            throw new InvalidOperationException($"{options.Method} must not see labels");
        }

        var labels = OfTraining(data.Pretrain);
        int[] known = [.. data.PretrainPositions.Select(p => labels[p])];
        var classes = known.Max() + 1;
        if (known.Where(label => label >= 0).Distinct().Count() < 2)
        {
            var remedy = run.Data.Pretrain is null ? "give them with --labels" : "name a set whose folders are the classes";
            throw new AutodidactException(
                FailureKind.Data,
                $"{run.Data.Pretrain ?? run.Data.Source}: the images of pre-training have fewer than two classes of labels, "
                + $"and pretrain.method={options.Method} trains on some: {remedy}, or choose a method without");
        }

        return new TrainingLabels(
            Draw(known, options.Methods.Get<S4lOptions>().LabelFraction, new Seeds(run.Seed).Of(SeedStream.Labels)), classes);
    }

    /// <summary>Keeps a fraction of each class, rounded up, and forgets the others: a pure function of the seed.</summary>
    internal static int[] Draw(int[] labels, double fraction, ulong seed)
    {
        var kept = Enumerable.Repeat(-1, labels.Length).ToArray();
        foreach (var members in Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0).GroupBy(i => labels[i]))
        {
            var order = members.ToArray();
            new CounterRandom(seed, (uint)members.Key).Shuffle<int>(order);
            foreach (var i in order.Take((int)Math.Ceiling(fraction * order.Length))) kept[i] = members.Key;
        }

        return kept;
    }

    private static int[] OfTraining(PreparedData data) => LabelFiles.TrainLabels(data) ?? [.. Enumerable.Repeat(-1, data.Train.Count)];
}
