using Autodidact.Configuration;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>Enters a stage that is to be done.</summary>
internal static class StageEntry
{
    /// <summary>Changed inputs discard the scores of this stage and of every later one.</summary>
    /// <param name="session">The run.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="inputs">Fingerprint of what the stage is given now.</param>
    public static void Begin(RunSession session, Stage stage, string inputs)
    {
        var done = session.Record.Stages.GetValueOrDefault(stage.Key());
        if (done is not null) session.Directory.Write(session.Record.Without(stage.Key()));

        // Evaluation that is asked for again measures everything again.
        if (stage < Stage.Distill || (stage == Stage.Evaluate && done?.Inputs == inputs)) Baselines.Forget(session);
        if (stage < Stage.Evaluate && done?.Inputs != inputs && session.Measurements.Exists)
        {
            // Evaluation measures again, also where this session stops and a later one finds the old inputs.
            session.Directory.Write(session.Record.Without(Stage.Evaluate.Key()));
            session.Measurements.Update(summary => summary.Without(stage.Key()));
        }

        session.RestartClock();
    }
}
