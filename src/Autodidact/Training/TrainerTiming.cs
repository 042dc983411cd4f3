using System.Diagnostics;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Views;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <content>What a training costs, measured on a few steps.</content>
public sealed partial class Trainer
{
    /// <summary>Standard deviation of the steps that were timed last, as a share of their median.</summary>
    internal double StepSpread { get; private set; }

    /// <summary>
    /// Seconds a step at each of the given points of the training, in the phase the point lies in, measured by training for a few steps:
    /// use a throw-away objective.
    /// </summary>
    /// <param name="progress">Points, 0 to 1.</param>
    /// <param name="stepsEach">Fewest timed steps at each point, and more while they take less than a second; their median counts.</param>
    /// <param name="enoughSteps">So many steps are enough, also where they take less than a second.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    internal double[] MeasureSecondsPerStep(
        IReadOnlyList<double> progress,
        int stepsEach,
        double enoughSteps = double.PositiveInfinity,
        CancellationToken cancellationToken = default)
    {
        // A program's first second is slow: code is compiled on the cores that train, and kernels are chosen for each shape.
        const int FewestWarmup = 2;
        const double Enough = 1;
        JoinRanks();
        var seconds = new double[progress.Count];
        for (var p = 0; p < seconds.Length; p++)
        {
            var at = progress[p];
            _objective.BeginPhase(PhaseAt(at));
            using var generator = new ViewGenerator(_images, _options.Seed, GeneratorOptions);
            var times = new List<double>();
            var (warmup, warmed) = (0, 0.0);
            var plans = _plan.From(0, long.MaxValue, _positions, _ => _objective.Views(at), Ranks);
            var last = Stopwatch.GetTimestamp();
            foreach (var batch in generator.Generate(plans, cancellationToken))
            {
                using (batch)
                {
                    Step(batch, batch.Plan.Step, at);
                }

                var took = Stopwatch.GetElapsedTime(last).TotalSeconds;
                last = Stopwatch.GetTimestamp();
                if (Ranks.Agree(warmup < FewestWarmup || (warmed < Enough && warmup < enoughSteps)))
                {
                    (warmup, warmed) = (warmup + 1, warmed + took);
                    continue;
                }

                times.Add(took);
                if (Ranks.Agree(times.Count >= stepsEach && (times.Sum() > Enough || times.Count >= enoughSteps)))
                {
                    break;
                }
            }

            seconds[p] = times.Order().ElementAt(times.Count / 2);

            // The median of the deviations is this share of the standard deviation of normally distributed times.
            const double MedianInDeviations = 0.6745;
            var deviations = times.Select(time => Math.Abs(time - seconds[p])).Order();
            StepSpread = deviations.ElementAt(times.Count / 2) / MedianInDeviations / Math.Max(seconds[p], double.Epsilon);
        }

        return seconds;
    }

    /// <summary>Trains one step in the middle of the training: use a throw-away objective.</summary>
    /// <param name="joined">Called when the ranks have the same weights, before the step.</param>
    /// <param name="cancellationToken">Stops before the step.</param>
    internal void TrainOneStep(Action joined, CancellationToken cancellationToken)
    {
        const double Middle = 0.5;
        JoinRanks();
        _objective.BeginPhase(PhaseAt(Middle));
        _objective.Network.train();
        joined();
        using var generator = new ViewGenerator(_images, _options.Seed, GeneratorOptions);
        var plans = _plan.From(0, 1, _positions, _ => _objective.Views(Middle), Ranks);
        using var batch = generator.Generate(plans, cancellationToken).First();
        Step(batch, batch.Plan.Step, Middle);
    }

    private int PhaseAt(double progress)
    {
        var (phase, end) = (0, 0.0);
        while (phase < _objective.Phases.Count - 1 && (end += _objective.Phases[phase].Fraction) <= progress) phase++;
        return phase;
    }

    /// <summary>Seconds that watching, checkpoints and the starts of epochs take, a step.</summary>
    /// <inheritdoc cref="MeasureEpoch"/>
    internal double MeasureOverheadPerStep(string folder) => MeasureEpoch(folder).PerStep(_plan.StepsPerEpoch, _options.ObserveEverySteps);

    /// <summary>
    /// Seconds that watching, a checkpoint and the start of an epoch take. Use a throw-away objective. Where an epoch starts with a pass
    /// over the images (<see cref="IObjective.BeginEpoch"/>), the pass itself is not counted, what is then done with the features is.
    /// </summary>
    /// <param name="folder">Where the checkpoint is written; it is removed.</param>
    internal EpochCost MeasureEpoch(string folder)
    {
        // The first look pays for what is set up once.
        Look();
        var clock = Stopwatch.StartNew();
        Look();
        var observed = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var store = new CheckpointStore(folder, "measure");
        using (NewDisposeScope())
        {
            store.Save(new TrainerState(0, 0) { Tensors = NamedTensors() });
        }

        var saved = clock.Elapsed.TotalSeconds;
        var bytes = store.Bytes;
        store.Clear();
        return new EpochCost(observed, saved, MeasureSecondsPerEpochStart(), bytes);

        void Look()
        {
            using var all = TorchThreads.Use(TorchThreads.OfProcess);
            foreach (var observer in Observers)
            {
                try
                {
                    observer.EpochEnded(0);
                }
                catch (AutodidactException e) when (e.Kind == FailureKind.Training)
                {
                    // A few steps on throw-away weights may well look collapsed.
                }
            }
        }
    }

    /// <summary>
    /// Seconds that the start of an epoch takes an objective, on average over a few epochs, so that one that clusters every third is not
    /// taken for one that always does, or never.
    /// </summary>
    private double MeasureSecondsPerEpochStart()
    {
        const int MostEpochs = 8;
        const double Enough = 2;
        _objective.Network.eval();
        var clock = Stopwatch.StartNew();
        var epochs = 0;
        while (epochs < MostEpochs && clock.Elapsed.TotalSeconds < Enough)
        {
            // Not epoch 0: where features are clustered that the training gathers, it has none yet.
            _objective.BeginEpoch(++epochs, RandomFeatures, 0.5);
        }

        _objective.Network.train();
        return clock.Elapsed.TotalSeconds / epochs;
    }

    /// <summary>
    /// As many rows as a feature pass would give, without its cost. Rows without clusters among them are the worst case of a clustering.
    /// </summary>
    private FeatureMatrix RandomFeatures(Func<Tensor, Tensor> model)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var side = _objective.Views(1).Views[0].Size;
        var columns = (int)model(zeros(2, 3, side, side, device: _device)).shape[1];
        var rows = new FeatureMatrix(_positions.Length, columns);
        for (var row = 0; row < rows.Rows; row++)
        {
            using var values = randn(columns, device: CPU);
            values.data<float>().CopyTo(rows[row]);
        }

        return rows;
    }
}
