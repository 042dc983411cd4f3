using Autodidact.Evaluation;

namespace Autodidact.Pipeline;

/// <summary>
/// The one place where a label becomes a target: for upper bounds, which the results of training without labels are compared with. The methods that may ask are
/// marked so in <see cref="DistillMethods"/>, a run must allow it (<see cref="DistillOptions.AllowLabels"/>), and its summary says it.
/// </summary>
internal static class UpperBoundLabels
{
    /// <summary>Class of each training image of the target set, in pack order, and the number of classes.</summary>
    /// <exception cref="AutodidactException">The method is no upper bound, or an image it trains on has no label.</exception>
    public static (int[] Targets, int Classes) Read(RunContext context)
    {
        var options = context.Options.Distill;
        if (!DistillMethods.Get(options.Method).UsesLabels || !options.AllowLabels)
        {
            throw new InvalidOperationException($"{options.Method} must not see labels");
        }

        var labels = LabelFiles.TrainLabels(context.Target) ?? new int[context.Target.Train.Count].Select(_ => -1).ToArray();
        var missing = context.TrainPositions.Count(p => labels[p] < 0);
        return missing == 0
            ? (labels, labels.Max() + 1)
            : throw new AutodidactException(
                FailureKind.Data,
                $"{context.Options.Data.Source}: {missing} of {context.TrainPositions.Length} training images have no label, and distill.method={options.Method} trains on labels: give them with --labels, or choose a method without");
    }
}
