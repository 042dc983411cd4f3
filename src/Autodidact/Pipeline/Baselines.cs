using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>
/// The scores that evaluation measures before it comes to the student: of raw pixels, the untrained encoder, the encoder and its clusters. Runs that differ in
/// the student alone have them in common, and they take longer than the student's own. So they have a fingerprint, and a run may take them from an earlier one.
/// </summary>
internal static class Baselines
{
    /// <summary>Name among the finished stages of <c>run.json</c>.</summary>
    public const string Key = "baselines";

    public static string Fingerprint(RunContext context) => context.Fingerprint(
        Stage.Evaluate, context.Options.Evaluate, [Key, ClusterStage.Instance.Fingerprint(context), .. EvaluateStage.EvaluationInputs(context)]);

    /// <summary>Whether the summary holds figures of the same inputs.</summary>
    public static bool Measured(RunContext context) =>
        context.Directory.IsComplete(Key, Fingerprint(context)) && context.Summary.HasBaselines;

    /// <summary>Notes that the summary holds them.</summary>
    public static void Complete(RunContext context, TimeSpan took) => context.Directory.Complete(Key, Fingerprint(context), took);

    /// <summary>The figures are to be measured again.</summary>
    public static void Forget(RunContext context) => context.Directory.Write(context.Directory.Record!.Without(Key));

    /// <summary>Takes the figures from an earlier run of the same inputs, once encoder and clusters are there.</summary>
    public static void Adopt(RunContext context, IReadOnlyList<RunDirectory> runs)
    {
        var fingerprint = Fingerprint(context);
        if (context.Directory.IsComplete(Key, fingerprint)
            || runs.FirstOrDefault(run => run.IsComplete(Key, fingerprint) && File.Exists(run.Paths.Summary)) is not { } found
            || Summary.Load(found.Paths.Summary) is not { HasBaselines: true } from)
        {
            return;
        }

        context.Summary = context.Summary.TakingBaselines(from);
        context.Directory.Adopt(found, Key, fingerprint);
    }
}
