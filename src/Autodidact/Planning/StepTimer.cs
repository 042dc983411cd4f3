using System.Diagnostics;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Pretraining;
using Autodidact.Ranks;
using Autodidact.Runs;
using Autodidact.Stages;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Planning;

/// <summary>Times a few training steps on throw-away weights, divided among the ranks as the training will be.</summary>
/// <param name="options">The run's options.</param>
/// <param name="data">The images.</param>
/// <param name="encoder">The run's encoder to be.</param>
/// <param name="ranks">Ranks of this process.</param>
/// <param name="paths">Where the run's files lie; a checkpoint is written there and removed.</param>
internal sealed class StepTimer(RunOptions options, PackedData data, EncoderArtefact encoder, int ranks, RunPaths paths)
{
    /// <summary>Fewest timed steps at each point of a training.</summary>
    private const int TimedSteps = 3;

    /// <summary>Most of a training's time that its timing may take, where its length is known.</summary>
    private const double MostShare = 0.01;

    /// <summary>A training of fewer steps is timed at three points alone.</summary>
    private const long StepsForAllPoints = 1000;

    /// <summary>A forward pass in terms of a training step of one view.</summary>
    private const double ForwardShare = 1 / 3.0;

    /// <summary>A step of pre-training.</summary>
    /// <param name="steps">Steps of the training, if known: a short one is timed shortly.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public StepCost Pretrain(long? steps, CancellationToken cancellationToken) =>
        Time(Stage.Pretrain, () => EncoderSetup.Train(options, data, TimedSteps), steps, cancellationToken);

    /// <summary>A step of distillation, and what its method sets up before the first one, a search for neighbours say.</summary>
    /// <param name="steps">Steps of the training, if known: a short one is timed shortly.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public (StepCost Cost, double SetUpSeconds) Distill(long? steps, CancellationToken cancellationToken)
    {
        var setUp = 0.0;
        var cost = Time(
            Stage.Distill,
            () =>
            {
                var clock = Stopwatch.StartNew();
                var standIn = StudentSetup.StandIn(options, data, encoder, TimedSteps);
                setUp += clock.Elapsed.TotalSeconds;
                return standIn;
            },
            steps,
            cancellationToken);
        return (cost, setUp);
    }

    /// <summary>The cost of a step, measured by all ranks at once.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="setup">This rank's throw-away training.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="folder">Where a checkpoint may be written.</param>
    /// <param name="steps">Steps of the training, if known, the same for every rank.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public static StepCost CostOf(
        RankGroup ranks, TrainingSetup setup, RunOptions options, Stage stage, string folder, long? steps,
        CancellationToken cancellationToken)
    {
        // The views change along the training, and with them their costs; and some methods pass over the images beside their steps.
        var (views, featurePasses) = stage == Stage.Pretrain
            ? (options.Pretrain.Views, PretrainMethods.Get(options.Pretrain.Method).FeaturePasses(options.Pretrain))
            : (options.Distill.Views, DistillMethods.Get(options.Distill.Method).FeaturePasses(options.Distill));
        var enough = steps is { } all ? MostShare * all : double.PositiveInfinity;
        var places = ViewRecipes.ProbePoints(views);
        if (steps < StepsForAllPoints && places.Length > 1) places = [places[0], places[places.Length / 2], places[^1]];
        using var trainer = new Trainer(setup.Objective, setup.Images, setup.Positions, setup.Options)
        {
            Ranks = ranks,
            Observers = setup.Observers,
        };
        var (step, begun) = (0.0, 0.0);
        foreach (var phase in setup.Objective.Phases)
        {
            var points = places.Select(p => begun + (p * phase.Fraction)).ToArray();
            step += phase.Fraction * trainer.MeasureSecondsPerStep(points, TimedSteps, enough, cancellationToken).Average();
            begun += phase.Fraction;
        }

        // What happens between steps is the first rank's, but for the starts of epochs, which all ranks make alike.
        var spread = trainer.StepSpread;
        var epoch = ranks.IsFirst ? trainer.MeasureEpoch(folder) : default;
        return new StepCost(
            step * (1 + (ForwardShare * featurePasses)), epoch.PerStep(trainer.StepsOfEpoch, setup.Options.ObserveEverySteps))
        {
            Epoch = epoch,
            Spread = spread,
        };
    }

    /// <summary>The calls between two ranks in a step, with the bytes of their results; none where one rank trains alone.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="cancellationToken">Stops before the step.</param>
    public IReadOnlyList<(RankCall Call, long Bytes)> Calls(Stage stage, CancellationToken cancellationToken)
    {
        TrainingSetup Create() => stage == Stage.Pretrain
            ? EncoderSetup.Train(options, data, TimedSteps)
            : StudentSetup.StandIn(options, data, encoder, TimedSteps);
        using var first = Create();
        if (!first.Objective.DividesAmongRanks) return [];
        using var second = Create();
        var counts = new CountingLink?[2];
        ThreadRanks.Run(
            counts.Length,
            group =>
            {
                var setup = group.IsFirst ? first : second;
                using var trainer = new Trainer(setup.Objective, setup.Images, setup.Positions, setup.Options) { Ranks = group };
                trainer.TrainOneStep(() => counts[group.Rank]!.Restart(), cancellationToken);
                return true;
            },
            link => counts[link.Rank] = new CountingLink(link));
        return counts[0]!.Calls;
    }

    /// <summary>Seconds of an image's views, made by one core.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public double ViewSeconds(Stage stage, CancellationToken cancellationToken)
    {
        const double Enough = 0.5;
        using var setup = stage == Stage.Pretrain
            ? EncoderSetup.Train(options, data, TimedSteps)
            : StudentSetup.StandIn(options, data, encoder, TimedSteps);
        using var generator = new ViewGenerator(setup.Images, setup.Options.Seed, new ViewGeneratorOptions { Workers = 1 });
        var plan = new EpochPlan(setup.Positions.Length, setup.Options.BatchSize, setup.Options.Seed);
        var views = setup.Objective.Views(0.5);
        var (images, seconds, last) = (0, 0.0, 0L);
        var plans = plan.From(0, long.MaxValue, setup.Positions, _ => views, RankGroup.Single);
        foreach (var batch in generator.Generate(plans, cancellationToken))
        {
            using (batch)
            {
                // The first ones were made while nobody waited.
                if (last != 0) (images, seconds) = (images + plan.BatchSize, seconds + Stopwatch.GetElapsedTime(last).TotalSeconds);
                last = Stopwatch.GetTimestamp();
                if (seconds > Enough) break;
            }
        }

        return seconds / Math.Max(1, images);
    }

    private StepCost Time(Stage stage, Func<TrainingSetup> create, long? steps, CancellationToken cancellationToken)
    {
        using var team = TrainingTeam.Create(ranks, create);
        return team.Run(
            new RankTask(paths.Root, stage, RankWork.Time, TimedSteps) { Planned = steps },
            (group, setup) => CostOf(group, setup, options, stage, paths.Checkpoints, steps, cancellationToken));
    }
}
