using Autodidact.Configuration;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>
/// The record of the figures that evaluation measures before the student's: raw pixels, the untrained encoder, the encoder, its clusters.
/// They cost more than the student's own. Runs that differ in the student alone share them, so they have a fingerprint and may be taken
/// from an earlier run.
/// </summary>
internal static class Baselines
{
    /// <summary>Whether the summary holds figures of the same inputs.</summary>
    /// <param name="session">The run.</param>
    public static bool Measured(RunSession session) =>
        session.Directory.IsComplete(RunFingerprints.BaselinesKey, new RunFingerprints(session).Baselines)
        && session.Measurements.Summary.HasBaselines;

    /// <summary>Notes that the summary holds them.</summary>
    /// <param name="session">The run.</param>
    /// <param name="took">How long they took.</param>
    public static void Complete(RunSession session, TimeSpan took) =>
        session.Directory.Complete(RunFingerprints.BaselinesKey, new RunFingerprints(session).Baselines, took);

    /// <summary>The figures are to be measured again.</summary>
    /// <param name="session">The run.</param>
    public static void Forget(RunSession session) => session.Directory.Write(session.Record.Without(RunFingerprints.BaselinesKey));

    /// <summary>Takes the figures from an earlier run of the same inputs, once encoder and clusters are there.</summary>
    /// <param name="session">The run.</param>
    /// <param name="runs">Runs to look in.</param>
    public static void Adopt(RunSession session, IReadOnlyList<RunDirectory> runs)
    {
        var fingerprint = new RunFingerprints(session).Baselines;
        if (session.Directory.IsComplete(RunFingerprints.BaselinesKey, fingerprint)
            || runs.FirstOrDefault(
                run => run.IsComplete(RunFingerprints.BaselinesKey, fingerprint) && File.Exists(run.Paths.Summary)) is not { } found
            || Summary.Load(found.Paths.Summary) is not { HasBaselines: true } from)
        {
            return;
        }

        session.Measurements.Update(own => own.TakingBaselines(from));
        session.Directory.Adopt(found, RunFingerprints.BaselinesKey, fingerprint);
    }
}
