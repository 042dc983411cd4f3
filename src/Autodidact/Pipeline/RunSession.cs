using System.Diagnostics;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Native;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;
using Autodidact.Stages;

namespace Autodidact.Pipeline;

/// <summary>A run that is worked on: its options, its directory, its images and artefacts, the time spent, and whom to tell.</summary>
internal sealed class RunSession : IDisposable
{
    /// <summary>A killed run's time is lost from here on.</summary>
    private static readonly TimeSpan AccountEvery = TimeSpan.FromMinutes(1);

    private readonly Stopwatch _unaccounted = Stopwatch.StartNew();

    /// <summary>Begins to work; the directory and the images are taken over.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="directory">Its directory, acquired.</param>
    /// <param name="data">Its images.</param>
    /// <param name="tell">Takes events for the user.</param>
    public RunSession(RunOptions options, RunDirectory directory, PackedData data, Action<RunEvent> tell)
    {
        (Options, Directory, Data, Tell) = (options, directory, data, tell);
        Encoder = new EncoderArtefact(
            Paths, options.Pretrain, EncoderSetup.Input(options, data), MpiWorld.Link?.OwnCores ?? options.Threads);
        Clustering = new ClusteringArtefact(Paths);
        Student = new StudentArtefact(Paths.Student);
        Model = new ExportedModel(Paths);
        Measurements = Measurements.Open(directory, Notice);
        Log = MetricsLog.Open(Paths.Metrics);
        Spare = new SpareFiles(tell);
    }

    /// <summary>The run's options.</summary>
    public RunOptions Options { get; }

    /// <summary>
    /// Ranks of this process that a training is divided among; runs of earlier versions have one, with libtorch's threads.
    /// </summary>
    public int Ranks => MpiWorld.Link?.TrainingRanks(Options.Threads).Own
        ?? (Record.Hardware?.Ranks is null || Options.Device != TorchDevices.Cpu ? 1 : TorchThreads.Cores);

    /// <summary>Its directory.</summary>
    public RunDirectory Directory { get; }

    /// <summary>Its images.</summary>
    public PackedData Data { get; }

    /// <summary>The encoder of stage one.</summary>
    public EncoderArtefact Encoder { get; }

    /// <summary>The clustering of stage two.</summary>
    public ClusteringArtefact Clustering { get; }

    /// <summary>The student of stage three.</summary>
    public StudentArtefact Student { get; }

    /// <summary>Scores and predictions.</summary>
    public Measurements Measurements { get; }

    /// <summary>The exported model.</summary>
    public ExportedModel Model { get; }

    /// <summary>The metrics log.</summary>
    public MetricsLog Log { get; }

    /// <summary>Writes files that the run can do without.</summary>
    public SpareFiles Spare { get; }

    /// <summary>Takes events for the user.</summary>
    public Action<RunEvent> Tell { get; }

    /// <summary>Where the run's files lie.</summary>
    public RunPaths Paths => Directory.Paths;

    /// <summary>The run's record.</summary>
    public RunRecord Record => Directory.Record!;

    /// <summary>Shows a line to the user.</summary>
    /// <param name="text">The line.</param>
    public void Notice(string text) => Tell(new Notice(text));

    /// <summary>Steps frozen for a stage.</summary>
    /// <param name="stage">The stage.</param>
    public long Steps(Stage stage) => Record.Steps[stage.Key()];

    /// <summary>Wall-clock time of all stages, over all sessions, up to now.</summary>
    public double TotalSeconds() => Record.Seconds.Values.Sum() + _unaccounted.Elapsed.TotalSeconds;

    /// <summary>Time counts for the next stage from here on.</summary>
    public void RestartClock() => _unaccounted.Restart();

    /// <summary>Puts the time since the last call down to a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="before">Time spent on it before this session was there.</param>
    public void Account(Stage stage, TimeSpan before = default)
    {
        Directory.Write(Record.WithTime(stage.Key(), (_unaccounted.Elapsed + before).TotalSeconds));
        _unaccounted.Restart();
    }

    /// <summary>Puts the time down to a stage if the last time is long ago. Time that cannot be written is put down later.</summary>
    /// <param name="stage">The stage.</param>
    public void Tick(Stage stage)
    {
        if (_unaccounted.Elapsed > AccountEvery) Spare.Try(Paths.Run, () => Account(stage));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Log.Dispose();
        Data.Dispose();
        Directory.Dispose();
    }
}
