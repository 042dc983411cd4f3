using System.Diagnostics;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Views;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <content>What a training costs, measured on a few steps.</content>
public sealed partial class Trainer
{
    /// <summary>
    /// Seconds a step at each of the given points of the training, in the phase the point lies in, measured by training for a few steps:
    /// use a throw-away objective.
    /// </summary>
    /// <param name="progress">Points, 0 to 1.</param>
    /// <param name="stepsEach">Fewest timed steps at each point, and more while they take less than a second; their median counts.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    internal double[] MeasureSecondsPerStep(IReadOnlyList<double> progress, int stepsEach, CancellationToken cancellationToken = default)
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
                if (Ranks.Agree(warmup < FewestWarmup || warmed < Enough))
                {
                    (warmup, warmed) = (warmup + 1, warmed + took);
                    continue;
                }

                times.Add(took);
                if (Ranks.Agree(times.Count >= stepsEach && times.Sum() > Enough))
                {
                    break;
                }
            }

            seconds[p] = times.Order().ElementAt(times.Count / 2);
        }

        return seconds;
    }

    private int PhaseAt(double progress)
    {
        var (phase, end) = (0, 0.0);
        while (phase < _objective.Phases.Count - 1 && (end += _objective.Phases[phase].Fraction) <= progress) phase++;
        return phase;
    }

    /// <summary>
    /// Seconds that watching, checkpoints and the starts of epochs take, a step: each is timed and spread over the steps between. Use a
    /// throw-away objective. Where an epoch starts with a pass over the images (<see cref="IObjective.BeginEpoch"/>), the pass itself is
    /// not counted, what is then done with the features is.
    /// </summary>
    /// <param name="folder">Where the checkpoint is written; it is removed.</param>
    internal double MeasureOverheadPerStep(string folder)
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
        store.Clear();
        return ((observed / EpochsBetweenLooks) + saved + MeasureSecondsPerEpochStart()) / _plan.StepsPerEpoch;

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
