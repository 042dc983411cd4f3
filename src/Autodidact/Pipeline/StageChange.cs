using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>
/// Other options for one stage of an existing run: <c>autodidact cluster RUN --clusters 200</c> clusters the same encoder anew. A stage may
/// change what it alone reads; what comes after it is then out of date, sees that by its fingerprint, and is done again by the next run.
/// </summary>
internal static class StageChange
{
    /// <summary>Whether a stage's command may change an option of a run that exists.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="option">Full name of the option.</param>
    public static bool Allows(Stage stage, string option) =>
        stage > Stage.Pretrain && StageOptions.Contain(stage.Key(), option) && !IsMeasured(option);

    /// <summary>
    /// Whether an option says what is measured on. A run keeps its own images and labels; other ones are measured in a directory beside it.
    /// </summary>
    /// <param name="option">Full name of the option.</param>
    public static bool IsMeasured(string option) => option is "data.evaluation" or "data.labels";

    /// <summary>Refuses a change that a stage's command may not make.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="run">The run directory.</param>
    /// <param name="differences">What was asked to change.</param>
    public static AutodidactException Refused(Stage stage, string run, IEnumerable<OptionDifference> differences)
    {
        var key = stage.Key();
        var refused = string.Join(", ", differences.Where(d => !Allows(stage, d.Name)));
        return new AutodidactException(
            FailureKind.Usage,
            $"{run}: {key} can change only {StageOptions.InWords(key)} of a run that exists, not {refused}: "
                + "leave it out, or start a new run with it");
    }

    /// <summary>The record of a run whose options were changed so: figures fixed for the old ones are gone from it.</summary>
    public static RunRecord Of(RunRecord record, RunRequest request, RunOptions options, IReadOnlyList<OptionDifference> differences)
    {
        var changed = differences.Select(difference => difference.Name).ToHashSet();
        var steps = new Dictionary<string, long>(record.Steps);
        if (changed.Contains("distill.epochs") || changed.Contains("distill.batch_size"))
        {
            steps.Remove(Stage.Distill.Key());
        }

        var data = new Dictionary<string, DataRecord>(record.Data);
        if (changed.Contains("data.evaluation"))
        {
            data.Remove("eval");
        }

        // A plan holds for the options it was made for: another network, say, needs another plan.
        var planned = !changed.Any(name => name.StartsWith("distill.", StringComparison.Ordinal));
        var kept = planned ? record : record.WithoutPlan(Stage.Distill.Key());
        return kept with
        {
            Options = OptionJson.ToJson(options),
            Request = OptionJson.ToJson(request),
            Steps = steps,
            Data = data,
            Forecast = null,
        };
    }
}
