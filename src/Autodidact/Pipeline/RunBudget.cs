using System.Globalization;
using Autodidact.Configuration;
using Autodidact.Planning;
using Autodidact.Runs;
using Autodidact.Stages;

namespace Autodidact.Pipeline;

/// <summary>
/// Turns a wall-clock budget into numbers of steps. A few steps of each stage are timed on throw-away weights. The numbers are then frozen
/// in <c>run.json</c>, and the run is reproducible from there on. A training that ends far before its share of the budget is given a longer
/// plan and begins anew.
/// </summary>
internal static class RunBudget
{
    /// <summary>
    /// Below this share of the time planned for a step, the plan counts as a mistake: no training gains so much by itself.
    /// </summary>
    private const double Mistaken = 0.5;

    /// <summary>Fewer seconds are not worth training anew for.</summary>
    private const double FewestSecondsLeft = 10;

    /// <summary>Fixes the steps of both trainings, unless they are fixed.</summary>
    /// <param name="session">The run.</param>
    /// <param name="spent">Time spent on packing.</param>
    /// <param name="costs">Measures what the stages cost here.</param>
    public static void Freeze(RunSession session, TimeSpan spent, RunCosts costs)
    {
        var record = session.Record;
        if (record.Steps.ContainsKey(Stage.Pretrain.Key()) && record.Steps.ContainsKey(Stage.Distill.Key()))
        {
            return;
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var options = session.Options;
        var steps = new StepBudget(
            options, session.Data.PretrainPositions.Length, session.Data.TrainPositions.Length, record.Steps);
        if (steps.NeedsTime)
        {
            if (options.Pretrain.Trains) steps.Pretrain.Cost = costs.Pretrain(steps.Pretrain.Known);
            steps.Distill.Cost = costs.Distill(steps.Distill.Known);
            var reserve = costs.Clustering + costs.Measuring;
            steps.Divide(spent.TotalSeconds + clock.Elapsed.TotalSeconds + costs.DistillSetUp, reserve);
            session.Notice(string.Create(
                CultureInfo.InvariantCulture,
                $"budget {options.Budget.TotalMinutes:0.#} min: {steps.Pretrain.Steps} pre-training steps of "
                + $"{steps.Pretrain.Cost.Total:0.000} s, {steps.Distill.Steps} distillation steps of {steps.Distill.Cost.Total:0.000} s"));
        }

        RequirePossible(Stage.Pretrain, steps.Pretrain.Steps);
        RequirePossible(Stage.Distill, steps.Distill.Steps);
        session.Directory.Write(steps.Distill.Freeze(steps.Pretrain.Freeze(record, Stage.Pretrain), Stage.Distill));
    }

    private static void RequirePossible(Stage stage, long steps)
    {
        if (steps <= RunRecord.MostSteps) return;
        throw new AutodidactException(
            FailureKind.Usage,
            FormattableString.Invariant($"{stage.Key()} would take {steps:N0} steps, and {RunRecord.MostSteps:N0} is the most: ")
            + "choose fewer epochs, larger batches or a shorter budget");
    }

    /// <summary>
    /// Gives a training that has just ended a longer plan if its steps took less than half of the planned time and half of the stage's
    /// share of the budget is left: another program then held the processor while the steps were timed. A finished schedule takes no more
    /// steps, so the stage is trained anew, and the time it took counts as timing.
    /// </summary>
    /// <returns>Whether there is a new plan.</returns>
    public static bool Extend(RunSession session, Stage stage, StageOutcome outcome)
    {
        var key = stage.Key();
        var record = session.Record;
        if (outcome.SecondsPerStep is not { } secondsPerStep || Extended(record, key, secondsPerStep) is not { } longer)
        {
            return false;
        }

        session.Notice(string.Create(
            CultureInfo.InvariantCulture,
            $"budget: {record.Steps[key]} steps of {key} took {record.Seconds[key]:0} s of the {record.Plans[key].Seconds:0} s planned, "
            + $"{secondsPerStep:0.000} s a step where {record.Plans[key].SecondsPerStep:0.000} s were measured "
            + $"(was something else using the processor?): training anew, {longer.Steps[key]} steps"));
        session.Directory.Write(longer);
        return true;
    }

    /// <summary>The record with the longer plan of a stage that ended far too soon; null if it keeps the one it had.</summary>
    internal static RunRecord? Extended(RunRecord record, string key, double secondsPerStep)
    {
        if (!record.Plans.TryGetValue(key, out var plan) || secondsPerStep >= Mistaken * plan.SecondsPerStep)
        {
            return null;
        }

        // A record that was edited by hand may lack the steps, or tell of no time.
        var (steps, used) = (record.Steps.GetValueOrDefault(key), record.Seconds.GetValueOrDefault(key));
        var left = plan.Seconds - used;
        return steps == 0 || used <= 0 || left < Math.Max(used, FewestSecondsLeft)
            ? null
            : record.Without(key)
                .WithTime(Stage.Prepare.Key(), used)
                .WithPlan(key, (long)Math.Min(RunRecord.MostSteps, steps * left / used), new StagePlan(left, secondsPerStep));
    }
}
