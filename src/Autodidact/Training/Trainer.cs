using System.Diagnostics;
using System.Globalization;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Ranks;
using Autodidact.Views;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>
/// The only training loop. It owns the optimizer, the schedule, checkpoints and resume, and knows objectives, not methods. A run is a pure
/// function of (objective, images, options): the order of the images, the views and torch's generator are derived from the seed and the
/// step, so a run resumed from any checkpoint ends in the same weights, bit for bit, on the same machine with the same number of threads.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private readonly IObjective _objective;
    private readonly IImageSet _images;
    private readonly int[] _positions;
    private readonly Dictionary<int, int> _rank;
    private readonly TrainerOptions _options;
    private readonly EpochPlan _plan;
    private readonly Optimizer _optimizer;
    private readonly IReadOnlyList<ParameterGroup> _groups;
    private readonly long[] _phaseStarts;
    private readonly Generator _random = new(0);
    private readonly Device _device;

    /// <summary>Makes a trainer; nothing runs yet.</summary>
    /// <param name="objective">The objective to train; the caller disposes it.</param>
    /// <param name="images">The images; labels are not among them.</param>
    /// <param name="positions">Which images to train on.</param>
    /// <param name="options">Length, batch, optimizer, seed.</param>
    /// <exception cref="AutodidactException">There are fewer than two images.</exception>
    public Trainer(IObjective objective, IImageSet images, int[] positions, TrainerOptions options)
    {
        if (positions.Length < 2)
        {
            throw new AutodidactException(
                FailureKind.Data, $"training needs at least 2 images, the set has {positions.Length}: add images or lower --holdout");
        }

        _objective = objective;
        _device = objective.Network.DeviceOf();
        _images = images;
        _positions = positions;
        _rank = positions.Select((position, rank) => (position, rank)).ToDictionary(p => p.position, p => p.rank);
        _options = options;
        _plan = new EpochPlan(positions.Length, options.BatchSize, options.Seed);
        _groups = objective.ParameterGroups;
        _optimizer = OptimizerKinds.Create(options.Optimizer, _groups);
        _phaseStarts = PhaseStarts(objective.Phases, options.Steps);
    }

    /// <summary>Batches an epoch over so many images.</summary>
    /// <param name="images">Images trained on.</param>
    /// <param name="batchSize">Images a batch.</param>
    public static int StepsPerEpoch(int images, int batchSize) => new EpochPlan(images, batchSize, 0).StepsPerEpoch;

    /// <summary>Look at the training after an epoch, see <see cref="TrainerOptions.ObserveEverySteps"/>.</summary>
    internal IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];

    /// <summary>Where checkpoints go; null trains without.</summary>
    internal CheckpointStore? Checkpoints { get; init; }

    /// <summary>Told every few steps.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Told in one line about what a user should know.</summary>
    public Action<string>? Notice { get; init; }

    /// <summary>Told the step a resumed training goes on from, before it does; 0 for a fresh one.</summary>
    public Action<long>? Resumed { get; init; }

    /// <summary>Computes features for <see cref="IObjective.BeginEpoch"/>; needed only by objectives that ask for them.</summary>
    public FeaturePass? Features { get; init; }

    /// <summary>
    /// The ranks that train together, as this trainer's rank sees them. Each has an objective of its own, made alike, and makes the same
    /// calls; the first keeps checkpoints, tells progress and is watched.
    /// </summary>
    internal RankGroup Ranks { get; init; } = RankGroup.Single;

    /// <summary>Type of the views; float64 where a test compares exactly.</summary>
    internal ScalarType ViewType { get; init; } = ScalarType.Float32;

    /// <summary>Trains to the end, from the newest checkpoint if there is one.</summary>
    /// <param name="cancellationToken">Stops after the running step; a checkpoint is written first.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the state is saved.</exception>
    /// <exception cref="AutodidactException">The loss became non-finite, or an observer found the features collapsed.</exception>
    public TrainingResult Run(CancellationToken cancellationToken = default)
    {
        JoinRanks();
        var state = (Ranks.IsFirst ? Checkpoints?.Latest(Restore, Notice) : null) ?? new TrainerState(0, 0);
        state = Share(state);
        if (state.Step > 0 && Ranks.IsFirst)
        {
            Notice?.Invoke(
                string.Create(CultureInfo.InvariantCulture, $"resuming {_objective.Name} at step {state.Step} of {_options.Steps}"));
        }

        Resumed?.Invoke(state.Step);
        using var loop = new Loop(this, state);
        return loop.Run(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _random.Dispose();
    }

    private IEnumerable<Parameter> Parameters => _groups.SelectMany(g => g.Parameters).Select(p => p.Value);

    /// <summary>Batches an epoch.</summary>
    internal int StepsOfEpoch => _plan.StepsPerEpoch;

    private int EpochsBetweenLooks => EpochCost.EpochsBetweenLooks(_plan.StepsPerEpoch, _options.ObserveEverySteps);

    private ViewGeneratorOptions GeneratorOptions => new() { Workers = _options.ViewWorkers, Pinned = _device.type == DeviceType.CUDA };

    private static long[] PhaseStarts(IReadOnlyList<TrainingPhase> phases, long steps)
    {
        var starts = new long[phases.Count + 1];
        var sum = 0.0;
        for (var i = 0; i < phases.Count; i++)
        {
            sum += phases[i].Fraction;
            starts[i + 1] = i == phases.Count - 1 ? steps : (long)Math.Round(sum * steps);
        }

        return starts;
    }

    private int PhaseOf(long step) => Math.Max(0, Array.FindLastIndex(_phaseStarts, _phaseStarts.Length - 2, start => start <= step));

    /// <summary>
    /// One batch forward and backward, and an update when enough gradients are gathered. Returns the loss and metrics as numbers.
    /// </summary>
    private (double Loss, IReadOnlyDictionary<string, double> Metrics) Step(ViewBatch views, long step, double progress)
    {
        using var scope = NewDisposeScope();

        // The generator's state is a function of the step, so a checkpoint need not hold it.
        var seed = (long)((_options.Seed * 0x9E3779B97F4A7C15) ^ (ulong)step) & long.MaxValue;
        _random.manual_seed(seed);

        // Torch's own generator is one for all threads of a process; objectives that draw from it are trained by one rank.
        if (Ranks.Size == 1) random.manual_seed(seed);
        views.Type = ViewType;
        views.Device = _device;
        var indices = views.Plan.Batch.Select(i => _rank[i]).ToArray();
        var loss = _objective.Loss(new ObjectiveBatch(views, indices) { Ranks = Ranks, Random = _random }, progress);
        var accumulation = _options.Optimizer.Accumulation;
        (accumulation == 1 ? loss.Value : loss.Value / accumulation).backward();
        Ranks.Check();
        var value = loss.Value.ToSingle();
        if (!float.IsFinite(value))
        {
            throw new AutodidactException(
                FailureKind.Training,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_objective.Name}: the loss became {value} at step {step}: "
                    + $"lower the learning rate or set a clip norm (optimizer.clip_norm)"));
        }

        // The first rank keeps the sum that is gathered, so that its checkpoint holds it; the others begin anew.
        RankGradients.Sum(Ranks, Parameters);

        // A phase begins with nothing gathered, and ends with an update.
        var phase = PhaseOf(step);
        if ((step + 1 - _phaseStarts[phase]) % accumulation == 0 || step + 1 == _phaseStarts[phase + 1])
        {
            Update(step, progress);
        }
        else if (!Ranks.IsFirst)
        {
            foreach (var parameter in Parameters) parameter.grad?.zero_();
        }

        return (value, loss.Metrics.ToDictionary(m => m.Key, m => (double)m.Value.ToSingle()));
    }

    private void Update(long step, double progress)
    {
        _objective.BeforeStep(progress);
        if (_options.Optimizer.ClipNorm > 0)
        {
            nn.utils.clip_grad_norm_(Parameters, _options.Optimizer.ClipNorm);
        }

        _optimizer.Step(_groups, [.. _groups.Select(g => RateAt(step, g))]);
        // Not zeros: what the next loss does not reach is not to decay because an earlier one reached it. After a resume it would not.
        foreach (var parameter in Parameters) parameter.grad = null;
        _objective.AfterStep(progress);
    }

    private double RateAt(long step, ParameterGroup group)
    {
        var phase = PhaseOf(step);
        return _options.Optimizer.RateAt(step - _phaseStarts[phase], _phaseStarts[phase + 1] - _phaseStarts[phase], group.ConstantRate);
    }

    private void Reset()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var tensor in _optimizer.State.Values)
        {
            tensor.zero_();
        }
    }

    /// <summary>One pass from a state to the end.</summary>
    private sealed class Loop(Trainer trainer, TrainerState state) : IDisposable
    {
        private readonly Trainer _t = trainer;
        private readonly ViewGenerator _generator = new(trainer._images, trainer._options.Seed, trainer.GeneratorOptions);
        private readonly Stopwatch _sinceCheckpoint = Stopwatch.StartNew();
        private readonly Dictionary<string, double> _sums = [];
        private IReadOnlyDictionary<string, double> _observed = new Dictionary<string, double>();
        private IReadOnlyDictionary<string, double> _lastObserved = new Dictionary<string, double>();
        private double _seconds = state.Seconds;
        private double _loss;
        private double _logSeconds;
        private int _logSteps;
        private int _phase = -1;

        public TrainingResult Run(CancellationToken cancellationToken)
        {
            var steps = _t._options.Steps;
            var epoch = -1;
            var last = Stopwatch.GetTimestamp();
            _t._objective.Network.train();
            var plan = _t._plan.From(state.Step, steps, _t._positions, _t._objective.Views, _t.Ranks);
            foreach (var batch in _generator.Generate(plan, CancellationToken.None))
            {
                using (batch)
                {
                    var step = batch.Plan.Step;
                    var progress = (double)step / steps;
                    EnterPhase(step);
                    if (batch.Plan.Epoch != epoch)
                    {
                        epoch = batch.Plan.Epoch;
                        if (step % _t._plan.StepsPerEpoch == 0)
                        {
                            BeginEpoch(epoch, progress);
                            _t._objective.Network.train();
                        }
                    }

                    var (loss, metrics) = _t.Step(batch, step, progress);
                    var now = Stopwatch.GetTimestamp();
                    Gather(loss, metrics, Stopwatch.GetElapsedTime(last, now).TotalSeconds);
                    AfterStep(step + 1, epoch, cancellationToken);
                    last = Stopwatch.GetTimestamp();
                }
            }

            var epochs = (double)steps / _t._plan.StepsPerEpoch;
            var speed = steps * _t._plan.BatchSize / Math.Max(_seconds, 1e-9);
            return new TrainingResult(steps, epochs, _seconds, speed) { Observed = _lastObserved };
        }

        public void Dispose() => _generator.Dispose();

        /// <summary>Ranks share what an objective does here: they all do the same.</summary>
        private void BeginEpoch(int epoch, double progress) => SharedWork.Do(
            _t.Ranks,
            threads: 1,
            _ =>
            {
                _t._objective.BeginEpoch(epoch, Features, progress);
                return true;
            },
            CancellationToken.None);

        private Numerics.FeatureMatrix Features(Func<Tensor, Tensor> model)
        {
            var pass = _t.Features ?? throw new InvalidOperationException("the trainer was given no feature pass");
            _t._objective.Network.eval();
            return pass(model);
        }

        private void EnterPhase(long step)
        {
            var phase = _t.PhaseOf(step);
            if (phase == _phase)
            {
                return;
            }

            _phase = phase;
            _t._objective.BeginPhase(phase);
            if (step == _t._phaseStarts[phase])
            {
                _t.Reset();
            }
        }

        private void Gather(double loss, IReadOnlyDictionary<string, double> metrics, double seconds)
        {
            _seconds += seconds;
            _logSeconds += seconds;
            _logSteps++;
            _loss += loss;
            foreach (var (name, value) in metrics)
            {
                _sums[name] = _sums.GetValueOrDefault(name) + value;
            }
        }

        private void AfterStep(long done, int epoch, CancellationToken cancellationToken)
        {
            var finished = done == _t._options.Steps;
            var epochEnded = done % _t._plan.StepsPerEpoch == 0 || finished;
            if (finished || (epochEnded && (epoch + 1) % _t.EpochsBetweenLooks == 0))
            {
                if (_t.Ranks.IsFirst) Look(epoch);
                _t.Ranks.Meet(patiently: !_t.Ranks.IsFirst);
            }

            if (epochEnded || _logSteps >= _t._options.LogEverySteps)
            {
                Report(done, epoch);
            }

            // A rank that is told to stop tells the others, so that all stop after the same step.
            var cancelled = _t.Ranks.Any(cancellationToken.IsCancellationRequested);
            var due = epochEnded || cancelled || _sinceCheckpoint.Elapsed >= _t._options.CheckpointEvery;
            if (due && _t.Ranks.IsFirst && _t.Checkpoints is { } store)
            {
                using var scope = NewDisposeScope();
                store.Save(new TrainerState(done, _seconds) { Tensors = _t.NamedTensors() });
                _sinceCheckpoint.Restart();
            }

            if (cancelled && !finished)
            {
                throw new OperationCanceledException(cancellationToken.IsCancellationRequested ? cancellationToken : new(canceled: true));
            }
        }

        /// <summary>The first rank watches; the others wait meanwhile, and leave it their cores.</summary>
        private void Look(int epoch)
        {
            using var all = TorchThreads.Use(TorchThreads.OfProcess);
            _observed = _lastObserved = _t.Observers.SelectMany(o => o.EpochEnded(epoch)).ToDictionary();
            _t._objective.Network.train();
        }

        private void Report(long done, int epoch)
        {
            var metrics = _sums.ToDictionary(m => m.Key, m => m.Value / _logSteps);
            foreach (var (name, value) in _observed)
            {
                metrics[name] = value;
            }

            var steps = _t._options.Steps;
            _t.Progress?.Invoke(new TrainingProgress(
                done,
                steps,
                epoch,
                (double)steps / _t._plan.StepsPerEpoch,
                _seconds,
                _loss / _logSteps,
                _t.RateAt(done - 1, _t._groups[0]),
                _logSteps * _t._plan.BatchSize / Math.Max(_logSeconds, 1e-9),
                TimeSpan.FromSeconds(Math.Min((steps - done) * _seconds / done, TrainerState.MostSeconds)),
                metrics));
            (_loss, _logSeconds, _logSteps) = (0, 0, 0);
            _sums.Clear();
            _observed = new Dictionary<string, double>();
        }
    }
}
