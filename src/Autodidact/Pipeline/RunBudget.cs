using Autodidact.Images;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>
/// Turns a wall-clock budget into numbers of steps: a few steps of each stage are timed on throw-away weights, then the numbers are frozen in
/// <c>run.json</c>, from where on the run is reproducible.
/// </summary>
internal static class RunBudget
{
    private const int TimedSteps = 3;

    /// <summary>Forward passes over an image of the set that clustering and measurement take: encoder, untrained encoder, student, features.</summary>
    private const double ForwardPasses = 4;

    /// <summary>A forward pass in terms of a training step of one view.</summary>
    private const double ForwardShare = 1 / 3.0;

    /// <summary>Seconds a training image that probes, k-NN and k-means take.</summary>
    private const double MeasureSecondsPerImage = 1.5e-3;

    /// <summary>Most of a budget kept back for measurement.</summary>
    private const double LargestReserve = 0.4;

    private const long FewestSteps = 10;

    public static void Freeze(RunContext context, TimeSpan spent, CancellationToken cancellationToken)
    {
        var record = context.Directory.Record!;
        if (record.Steps.ContainsKey(RunContext.Key(Stage.Pretrain)) && record.Steps.ContainsKey(RunContext.Key(Stage.Distill)))
        {
            return;
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var options = context.Options;
        var pretrain = new Portion(
            Frozen(record, Stage.Pretrain),
            options.Pretrain.Trains ? options.Pretrain.Epochs : double.NaN,
            Trainer.StepsPerEpoch(context.PretrainPositions.Length, options.Pretrain.BatchSize));
        var distill = new Portion(
            Frozen(record, Stage.Distill), options.Distill.Epochs, Trainer.StepsPerEpoch(context.TrainPositions.Length, options.Distill.BatchSize));
        if (pretrain.NeedsBudget || distill.NeedsBudget)
        {
            Measure(context, pretrain, distill, cancellationToken);
            var images = context.Target.Train.Count + (context.Target.Evaluation?.Count ?? 0);
            var secondsPerView = distill.SecondsPerStep / Math.Min(options.Distill.BatchSize, context.TrainPositions.Length);
            var reserve = (images * ForwardPasses * ForwardShare * secondsPerView) + (context.Target.Train.Count * MeasureSecondsPerImage);
            var total = options.Budget.TotalSeconds;
            var training = total - spent.TotalSeconds - clock.Elapsed.TotalSeconds - Math.Min(reserve, LargestReserve * total);
            training -= pretrain.FixedSeconds + distill.FixedSeconds;
            var share = !pretrain.NeedsBudget ? 0 : distill.NeedsBudget ? options.Pretrain.BudgetShare : 1;
            pretrain.Take(share * training);
            distill.Take((1 - share) * training);
            context.Notice(FormattableString.Invariant(
                $"budget {total / 60:0.#} min: {pretrain.Steps} pre-training steps of {pretrain.SecondsPerStep:0.000} s, {distill.Steps} distillation steps of {distill.SecondsPerStep:0.000} s"));
        }

        context.Directory.Write(record
            .WithSteps(RunContext.Key(Stage.Pretrain), pretrain.Steps)
            .WithSteps(RunContext.Key(Stage.Distill), distill.Steps));
    }

    private static long? Frozen(RunRecord record, Stage stage) => record.Steps.TryGetValue(RunContext.Key(stage), out var steps) ? steps : null;

    private static void Measure(RunContext context, Portion pretrain, Portion distill, CancellationToken cancellationToken)
    {
        if (context.Options.Pretrain.Trains)
        {
            pretrain.SecondsPerStep = SecondsPerStep(
                context,
                PretrainStage.ThrowAway(context),
                context.PretrainData.Train,
                context.PretrainPositions,
                PretrainStage.TrainerOptions(context, TimedSteps),
                context.Options.Pretrain.Views,
                cancellationToken);
            pretrain.SecondsPerStep *= 1 + (ForwardShare * PretrainMethods.Get(context.Options.Pretrain.Method).FeaturePasses(context.Options.Pretrain));
        }

        // What a method sets up before its first step, a search for neighbours say, it will set up again.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var throwAway = DistillStage.ThrowAway(context);
        distill.SetUpSeconds = clock.Elapsed.TotalSeconds;
        distill.SecondsPerStep = SecondsPerStep(
            context,
            throwAway,
            context.Target.Train,
            context.TrainPositions,
            DistillStage.TrainerOptions(context, TimedSteps),
            context.Options.Distill.Views,
            cancellationToken);
        distill.SecondsPerStep *= 1 + (ForwardShare * DistillMethods.Get(context.Options.Distill.Method).FeaturePasses(context.Options.Distill));
    }

    /// <summary>A step's time, with its share of what happens between steps.</summary>
    private static double SecondsPerStep(
        RunContext context,
        (IObjective Objective, IReadOnlyList<ITrainingObserver> Observers) throwAway,
        IImageSet images,
        int[] positions,
        TrainerOptions options,
        ViewOptions views,
        CancellationToken cancellationToken)
    {
        using var objective = throwAway.Objective;
        using var trainer = new Trainer(objective, images, positions, options) { Observers = throwAway.Observers };
        var (step, begun) = (0.0, 0.0);
        foreach (var phase in objective.Phases)
        {
            var points = ViewRecipes.ProbePoints(views).Select(p => begun + (p * phase.Fraction)).ToArray();
            step += phase.Fraction * trainer.MeasureSecondsPerStep(points, TimedSteps, cancellationToken).Average();
            begun += phase.Fraction;
        }

        return step + trainer.MeasureOverheadPerStep(context.Paths.Checkpoints);
    }

    /// <summary>The steps of one stage: frozen earlier, fixed by epochs, or to be bought by time; NaN epochs need none.</summary>
    private sealed class Portion(long? frozen, double epochs, int stepsPerEpoch)
    {
        public bool NeedsBudget { get; } = frozen is null && epochs == 0;

        public double SecondsPerStep { get; set; }

        public long Steps { get; private set; } = frozen ?? (epochs > 0 ? Math.Max(1, (long)Math.Round(epochs * stepsPerEpoch)) : 0);

        public double SetUpSeconds { get; set; }

        public double FixedSeconds => SetUpSeconds + (Steps * SecondsPerStep);

        public void Take(double seconds)
        {
            if (NeedsBudget)
            {
                Steps = Math.Max(FewestSteps, (long)(seconds / SecondsPerStep));
            }
        }
    }
}
