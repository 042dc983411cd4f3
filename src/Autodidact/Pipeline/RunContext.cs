using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Options;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>What the stages of one run share: its options, its directory, its data, and whom to tell.</summary>
internal sealed class RunContext : IDisposable
{
    /// <summary>A killed run's time is lost from here on.</summary>
    private static readonly TimeSpan AccountEvery = TimeSpan.FromMinutes(1);

    private readonly IProgress<RunEvent> _events;
    private readonly System.Diagnostics.Stopwatch _unaccounted = System.Diagnostics.Stopwatch.StartNew();

    public RunContext(RunOptions options, RunDirectory directory, PreparedData target, PreparedData? pretrain, IProgress<RunEvent> events)
    {
        Options = options;
        Directory = directory;
        Target = target;
        PretrainData = pretrain ?? target;
        _events = events;
        (TrainPositions, HeldOutPositions) = HoldOut.Split(target.Train, options.Data.Holdout);
        (PretrainPositions, PretrainHeldOut) = pretrain is null
            ? (TrainPositions, HeldOutPositions)
            : HoldOut.Split(pretrain.Train, options.Data.Holdout);
        Log = MetricsLog.Open(directory.Paths.Metrics);
    }

    public RunOptions Options { get; }

    public RunDirectory Directory { get; }

    public PreparedData Target { get; }

    public PreparedData PretrainData { get; }

    /// <summary>Target images trained on.</summary>
    public int[] TrainPositions { get; }

    /// <summary>Target images held out.</summary>
    public int[] HeldOutPositions { get; }

    public int[] PretrainPositions { get; }

    public int[] PretrainHeldOut { get; }

    public MetricsLog Log { get; }

    public RunPaths Paths => Directory.Paths;

    /// <summary>Results so far; what a stage sets is on disk at once.</summary>
    public Summary Summary
    {
        get
        {
            try
            {
                return File.Exists(Paths.Summary) ? Summary.Load(Paths.Summary) : new Summary();
            }
            catch (AutodidactException e) when (e.Kind == FailureKind.Data)
            {
                Notice($"{e.Message}: going on without what it said");
                return new Summary();
            }
        }

        set => value.Save(Paths.Summary);
    }

    /// <summary>Seed of one purpose, so that no two draw the same stream.</summary>
    public ulong SeedOf(SeedStream stream)
    {
        var random = new CounterRandom(Options.Seed, (uint)stream);
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }

    /// <summary>Wall-clock time of all stages, over all sessions, up to now.</summary>
    public double TotalSeconds() => Directory.Record!.Seconds.Values.Sum() + _unaccounted.Elapsed.TotalSeconds;

    /// <summary>Enters a stage that is to be done. Changed inputs discard the scores of this stage and of every later one.</summary>
    public void BeginStage(Stage stage, string inputs)
    {
        var done = Directory.Record!.Stages.GetValueOrDefault(Key(stage));
        if (done is not null)
        {
            Directory.Write(Directory.Record.Without(Key(stage)));
        }

        // Evaluation that is asked for again measures everything again.
        if (stage < Stage.Distill || (stage == Stage.Evaluate && done?.Inputs == inputs))
        {
            Baselines.Forget(this);
        }

        if (stage < Stage.Evaluate && done?.Inputs != inputs && File.Exists(Paths.Summary))
        {
            // Evaluation measures again, also where this session stops and a later one finds the old inputs.
            Directory.Write(Directory.Record.Without(Key(Stage.Evaluate)));
            Summary = Summary.Without(Key(stage));
        }

        _unaccounted.Restart();
    }

    /// <summary>Puts the time since the last call down to a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="before">Time spent on it before this context was there.</param>
    public void Account(Stage stage, TimeSpan before = default)
    {
        Directory.Write(Directory.Record!.WithTime(Key(stage), (_unaccounted.Elapsed + before).TotalSeconds));
        _unaccounted.Restart();
    }

    public void Tell(RunEvent told) => _events.Report(told);

    public void Notice(string text) => Tell(new Notice(text));

    /// <summary>Fingerprint of a stage: its name, the options it reads, the seed, and what comes before it.</summary>
    public string Fingerprint<T>(Stage stage, T options, params string[] upstream)
        where T : notnull, new()
    {
        // Only what differs from the option's own default: an option that a later version adds leaves the fingerprints of earlier runs as they are.
        var settings = OptionBinder.Diff(new T(), options).Select(d => $"{d.Name}={d.New}");
        if (stage is Stage.Pretrain or Stage.Distill && Options.Precision == PrecisionOption.Mixed) settings = settings.Append($"precision={Options.Precision}");
        return StageFingerprint.Of([stage.ToString(), Options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture), string.Join('\n', settings), .. upstream]);
    }

    /// <summary>Steps frozen for a stage.</summary>
    public long Steps(Stage stage) => Directory.Record!.Steps[Key(stage)];

    public static string Key(Stage stage) => stage.ToString().ToLowerInvariant();

    /// <summary>Trains an objective in this run: checkpoints, log, progress.</summary>
    public TrainingResult Train(
        Stage stage,
        IObjective objective,
        IImageSet images,
        int[] positions,
        ModelInput input,
        TrainerOptions options,
        IReadOnlyList<ITrainingObserver> observers,
        CancellationToken cancellationToken)
    {
        var checkpoints = new CheckpointStore(Paths.Checkpoints, Key(stage), Stages.Get(stage).Fingerprint(this));
        TensorBoardLog? board = null;
        using var trainer = new Trainer(objective, images, positions, options)
        {
            Checkpoints = checkpoints,
            Observers = observers,
            Features = model => FeatureExtractor.Extract(
                model, new PlainPixels(images, input.ViewSize, input.Normalization), positions, Options.Evaluate.BatchSize, cancellationToken),
            Notice = Notice,
            Resumed = step =>
            {
                Log.DropAfter(Key(stage), step);
                board = new TensorBoardLog(Path.Combine(Paths.TensorBoard, Key(stage)), MetricsLog.Read(Paths.Metrics).Where(e => e.Stage == Key(stage)));
            },
            Progress = p =>
            {
                var entry = new MetricsEntry
                {
                    Stage = Key(stage),
                    Step = p.Step,
                    Epoch = p.Epoch + 1,
                    Seconds = p.Seconds,
                    Loss = p.Loss,
                    LearningRate = p.LearningRate,
                    ImagesPerSecond = p.ImagesPerSecond,
                    Metrics = p.Metrics,
                };
                if (_unaccounted.Elapsed > AccountEvery)
                {
                    Account(stage);
                }

                Log.Append(entry);
                board?.Append(entry);
                Tell(new StageProgress(stage, p.Step, p.Steps, ProgressText.Of(p), p.Remaining));
            },
        };
        return trainer.Run(cancellationToken);
    }

    public void Dispose()
    {
        Log.Dispose();
        if (!ReferenceEquals(PretrainData, Target))
        {
            PretrainData.Dispose();
        }

        Target.Dispose();
        Directory.Dispose();
    }
}

/// <summary>What a derived seed is for.</summary>
internal enum SeedStream : uint
{
    /// <summary>Weights of the encoder.</summary>
    Encoder = 1,

    /// <summary>Weights of heads beside the encoder.</summary>
    Head,

    /// <summary>Order and views of pre-training.</summary>
    Pretrain,

    /// <summary>Starts of k-means.</summary>
    Cluster,

    /// <summary>Weights of the student.</summary>
    Student,

    /// <summary>Order and views of distillation.</summary>
    Distill,

    /// <summary>Choices of the measurement.</summary>
    Evaluate,

    /// <summary>Which labels a semi-supervised method sees.</summary>
    Labels,
}
