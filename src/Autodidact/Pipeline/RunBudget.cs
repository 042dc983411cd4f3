using System.Globalization;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Images;
using Autodidact.Pretraining;
using Autodidact.Ranks;
using Autodidact.Runs;
using Autodidact.Stages;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>
/// Turns a wall-clock budget into numbers of steps. A few steps of each stage are timed on throw-away weights. The numbers are then frozen
/// in <c>run.json</c>, and the run is reproducible from there on. A training that ends far before its share of the budget is given a longer
/// plan and begins anew.
/// </summary>
internal static class RunBudget
{
    private const int TimedSteps = 3;

    /// <summary>Forward passes that clustering and measuring take an image: encoder, untrained encoder, student, features.</summary>
    private const double ForwardPasses = 4;

    /// <summary>A forward pass in terms of a training step of one view.</summary>
    private const double ForwardShare = 1 / 3.0;

    /// <summary>Seconds a training image that probes, k-NN and k-means take.</summary>
    private const double MeasureSecondsPerImage = 1.5e-3;

    /// <summary>Most of a budget kept back for measurement.</summary>
    private const double LargestReserve = 0.4;

    private const long FewestSteps = 10;

    /// <summary>
    /// Below this share of the time planned for a step, the plan counts as a mistake: no training gains so much by itself.
    /// </summary>
    private const double Mistaken = 0.5;

    /// <summary>Fewer seconds are not worth training anew for.</summary>
    private const double FewestSecondsLeft = 10;

    public static void Freeze(RunSession session, TimeSpan spent, CancellationToken cancellationToken)
    {
        var record = session.Record;
        if (record.Steps.ContainsKey(Stage.Pretrain.Key()) && record.Steps.ContainsKey(Stage.Distill.Key()))
        {
            return;
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var options = session.Options;
        var pretrain = new Portion(
            Frozen(record, Stage.Pretrain),
            options.Pretrain.Trains ? options.Pretrain.Epochs : double.NaN,
            Trainer.StepsPerEpoch(session.Data.PretrainPositions.Length, options.Pretrain.BatchSize));
        var distill = new Portion(
            Frozen(record, Stage.Distill),
            options.Distill.Epochs,
            Trainer.StepsPerEpoch(session.Data.TrainPositions.Length, options.Distill.BatchSize));
        if (pretrain.NeedsBudget || distill.NeedsBudget)
        {
            Measure(session, pretrain, distill, cancellationToken);
            var images = session.Data.Target.Train.Count + (session.Data.Target.Evaluation?.Count ?? 0);
            var secondsPerView = distill.Cost.Total / Math.Min(options.Distill.BatchSize, session.Data.TrainPositions.Length);
            var reserve =
                (images * ForwardPasses * ForwardShare * secondsPerView) + (session.Data.Target.Train.Count * MeasureSecondsPerImage);
            var total = options.Budget.TotalSeconds;
            var training = total - spent.TotalSeconds - clock.Elapsed.TotalSeconds - Math.Min(reserve, LargestReserve * total);
            training -= pretrain.FixedSeconds + distill.FixedSeconds;
            var share = !pretrain.NeedsBudget ? 0 : distill.NeedsBudget ? options.Pretrain.BudgetShare : 1;
            pretrain.Take(share * training);
            distill.Take((1 - share) * training);
            session.Notice(string.Create(
                CultureInfo.InvariantCulture,
                $"budget {total / 60:0.#} min: {pretrain.Steps} pre-training steps of {pretrain.Cost.Total:0.000} s, "
                + $"{distill.Steps} distillation steps of {distill.Cost.Total:0.000} s"));
        }

        RequirePossible(Stage.Pretrain, pretrain.Steps);
        RequirePossible(Stage.Distill, distill.Steps);
        session.Directory.Write(distill.Freeze(pretrain.Freeze(record, Stage.Pretrain), Stage.Distill));
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

    private static long? Frozen(RunRecord record, Stage stage) => record.Steps.TryGetValue(stage.Key(), out var steps) ? steps : null;

    private static void Measure(RunSession session, Portion pretrain, Portion distill, CancellationToken cancellationToken)
    {
        var options = session.Options;
        if (options.Pretrain.Trains)
        {
            pretrain.Cost = CostOfStep(
                session, Stage.Pretrain, () => EncoderSetup.Train(options, session.Data, TimedSteps), cancellationToken);
        }

        // The training repeats what a method sets up before its first step, a search for neighbours say.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        distill.Cost = CostOfStep(
            session,
            Stage.Distill,
            () =>
            {
                clock.Restart();
                var standIn = StudentSetup.StandIn(options, session.Data, session.Encoder, TimedSteps);
                distill.SetUpSeconds += clock.Elapsed.TotalSeconds;
                return standIn;
            },
            cancellationToken);
    }

    private static StepCost CostOfStep(RunSession session, Stage stage, Func<TrainingSetup> create, CancellationToken cancellationToken)
    {
        using var team = TrainingTeam.Create(session.Ranks, create);
        return team.Run(
            new RankTask(session.Paths.Root, stage, RankWork.Time, TimedSteps),
            (ranks, setup) => CostOf(ranks, setup, session.Options, stage, session.Paths.Checkpoints, cancellationToken));
    }

    /// <summary>The cost of a step, measured by all ranks at once.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="setup">This rank's throw-away training.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="folder">Where a checkpoint may be written.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    internal static StepCost CostOf(
        RankGroup ranks, TrainingSetup setup, RunOptions options, Stage stage, string folder, CancellationToken cancellationToken)
    {
        // The views change along the training, and with them their costs; and some methods pass over the images beside their steps.
        var (views, featurePasses) = stage == Stage.Pretrain
            ? (options.Pretrain.Views, PretrainMethods.Get(options.Pretrain.Method).FeaturePasses(options.Pretrain))
            : (options.Distill.Views, DistillMethods.Get(options.Distill.Method).FeaturePasses(options.Distill));
        using var trainer = new Trainer(setup.Objective, setup.Images, setup.Positions, setup.Options)
        {
            Ranks = ranks,
            Observers = setup.Observers,
        };
        var (step, begun) = (0.0, 0.0);
        foreach (var phase in setup.Objective.Phases)
        {
            var points = ViewRecipes.ProbePoints(views).Select(p => begun + (p * phase.Fraction)).ToArray();
            step += phase.Fraction * trainer.MeasureSecondsPerStep(points, TimedSteps, cancellationToken).Average();
            begun += phase.Fraction;
        }

        // What happens between steps is the first rank's, but for the starts of epochs, which all ranks make alike.
        var overhead = ranks.IsFirst ? trainer.MeasureOverheadPerStep(folder) : 0;
        return new StepCost(step * (1 + (ForwardShare * featurePasses)), overhead);
    }

    /// <summary>Seconds of a step.</summary>
    /// <param name="Training">Of the training itself.</param>
    /// <param name="Overhead">Its share of what happens between steps.</param>
    internal readonly record struct StepCost(double Training, double Overhead)
    {
        public double Total => Training + Overhead;
    }

    /// <summary>The steps of one stage: frozen earlier, fixed by epochs, or to be bought by time; NaN epochs need none.</summary>
    private sealed class Portion(long? frozen, double epochs, int stepsPerEpoch)
    {
        private StagePlan? _plan;

        public long Steps { get; private set; } = frozen ?? (epochs > 0 ? Math.Max(1, (long)Math.Round(epochs * stepsPerEpoch)) : 0);

        public bool NeedsBudget { get; } = frozen is null && epochs == 0;

        public StepCost Cost { get; set; }

        public double SetUpSeconds { get; set; }

        public double FixedSeconds => SetUpSeconds + (Steps * Cost.Total);

        public void Take(double seconds)
        {
            if (NeedsBudget)
            {
                Steps = Math.Max(FewestSteps, (long)(seconds / Cost.Total));
                _plan = new StagePlan(Math.Max(0, seconds), Cost.Training);
            }
        }

        public RunRecord Freeze(RunRecord record, Stage stage)
        {
            var key = stage.Key();
            return _plan is null ? record.WithSteps(key, Steps) : record.WithPlan(key, Steps, _plan);
        }
    }
}
