using Autodidact.Configuration;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact;

/// <summary>
/// A training run: unlabelled images in, a compact image model with early exits out. It lives in a directory, so it may be stopped
/// anywhere, even by pulling the plug, and goes on where it was. Finished stages are not repeated.
/// </summary>
/// <example>
/// <code>
/// var run = await TrainingRun.StartAsync("pictures", options => options with { Budget = TimeSpan.FromMinutes(30) });
/// run.Export();
/// using var model = run.OpenModel();
/// Console.WriteLine(model.Predict("new.jpg"));
/// </code>
/// </example>
public sealed class TrainingRun
{
    private readonly ProgramImages? _images;
    private RunRequest _request;

    private TrainingRun(RunRequest request, ProgramImages? images = null)
    {
        // A numbered directory is chosen once, so that every stage works in the same one.
        request = request.WithFullPaths();
        Directory = Path.GetFullPath(request.Out ?? RunNumbering.Next(request.ValueOf("data.source") ?? new DataOptions().Source));
        (_request, _images) = (request with { Out = Directory }, images);
    }

    /// <summary>The run directory, as a full path. Nothing is in it before the first stage has begun.</summary>
    public string Directory { get; }

    /// <summary>The options: those on record, or, before the run has begun, those that were asked for.</summary>
    /// <exception cref="AutodidactException">The record holds options that this version does not have.</exception>
    public RunOptions Options => Record?.RunOptions() ?? RunOptions.Resolve(_request);

    /// <summary>Results so far; empty before anything was measured.</summary>
    /// <exception cref="AutodidactException">The file of the results is damaged.</exception>
    public Summary Summary => Artefacts.Measurements.ReadSummary(new RunPaths(Directory));

    /// <summary>Whether the last call found nothing left to do.</summary>
    public bool WasFinished { get; private set; }

    private RunRecord? Record
    {
        get
        {
            if (!RunDirectory.Exists(Directory)) return null;
            using var run = RunDirectory.Open(Directory);
            return run.Record;
        }
    }

    /// <summary>Trains and measures a model of images in a place: all stages, on a thread of its own.</summary>
    /// <param name="data">A folder, a zip archive, a folder of CIFAR's binary files, or <c>synthetic</c>.</param>
    /// <param name="options">Changes the options of the preset; null takes them as they are.</param>
    /// <param name="progress">Told about progress, in order, on the training thread, before the returned task ends.</param>
    /// <param name="cancellationToken">Stops after the running step; training saves a checkpoint first.</param>
    /// <param name="directory">The run directory; an unfinished run in it goes on. Null makes <c>runs/&lt;data&gt;-&lt;n&gt;</c>.</param>
    /// <returns>The finished run.</returns>
    /// <exception cref="AutodidactException">Anything a user can act on; its kind says which sort.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was done is saved, and the same call goes on with it.</exception>
    public static Task<TrainingRun> StartAsync(
        string data,
        Func<RunOptions, RunOptions>? options = null,
        Action<RunEvent>? progress = null,
        CancellationToken cancellationToken = default,
        string? directory = null) => Create(data, options, directory).RunAsync(progress, cancellationToken);

    /// <summary>The same for images of a source of one's own: a database, a generator, an archive of another format.</summary>
    /// <param name="images">The training images. Labels that they carry are read for measuring alone.</param>
    /// <param name="options">Changes the options of the preset; null takes them as they are.</param>
    /// <param name="progress">Told about progress, in order, on the training thread, before the returned task ends.</param>
    /// <param name="cancellationToken">Stops after the running step; training saves a checkpoint first.</param>
    /// <param name="directory">The run directory; an unfinished run in it goes on. Null makes <c>runs/program-&lt;n&gt;</c>.</param>
    /// <param name="evaluation">Images to evaluate on; null for none.</param>
    /// <inheritdoc cref="StartAsync(string, Func{RunOptions, RunOptions}?, Action{RunEvent}?, CancellationToken, string?)"/>
    public static Task<TrainingRun> StartAsync(
        IImageSource images,
        Func<RunOptions, RunOptions>? options = null,
        Action<RunEvent>? progress = null,
        CancellationToken cancellationToken = default,
        string? directory = null,
        IImageSource? evaluation = null) => Create(images, options, directory, evaluation).RunAsync(progress, cancellationToken);

    /// <summary>Sets up a run over images in a place; nothing runs yet.</summary>
    /// <param name="data">A folder, a zip archive, a folder of CIFAR's binary files, or <c>synthetic</c>.</param>
    /// <param name="options">Changes the options of the preset; null takes them as they are.</param>
    /// <param name="directory">The run directory; null makes <c>runs/&lt;data&gt;-&lt;n&gt;</c>.</param>
    /// <exception cref="AutodidactException">An option is out of range, or nothing reads it as the others stand; kind Usage.</exception>
    public static TrainingRun Create(string data, Func<RunOptions, RunOptions>? options = null, string? directory = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new TrainingRun(Asked(data, options) with { Out = directory });
    }

    /// <summary>Sets up a run over images of a source of one's own; nothing runs yet.</summary>
    /// <param name="images">The training images. Labels that they carry are read for measuring alone.</param>
    /// <param name="options">Changes the options of the preset; null takes them as they are.</param>
    /// <param name="directory">The run directory; null makes <c>runs/program-&lt;n&gt;</c>.</param>
    /// <param name="evaluation">Images to evaluate on; null for none.</param>
    /// <exception cref="AutodidactException">An option is out of range, or nothing reads it as the others stand; kind Usage.</exception>
    public static TrainingRun Create(
        IImageSource images, Func<RunOptions, RunOptions>? options = null, string? directory = null, IImageSource? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new TrainingRun(Asked(DataRequest.OfProgram, options) with { Out = directory }, new ProgramImages(images, evaluation));
    }

    /// <summary>Opens a run that exists, to go on with it, to change a stage, to export it or to read its results.</summary>
    /// <param name="directory">The run directory.</param>
    /// <exception cref="AutodidactException">There is no run in it; kind Data.</exception>
    public static TrainingRun Open(string directory)
    {
        using var run = RunDirectory.Open(directory);
        return new TrainingRun(new RunRequest { Out = run.Paths.Root });
    }

    /// <summary>Runs everything that is left.</summary>
    /// <param name="progress">Told about progress, in order, on the training thread, before the returned task ends.</param>
    /// <param name="cancellationToken">Stops after the running step; training saves a checkpoint first.</param>
    /// <returns>This run.</returns>
    /// <exception cref="AutodidactException">Anything a user can act on; its kind says which sort.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was done is saved.</exception>
    public Task<TrainingRun> RunAsync(Action<RunEvent>? progress = null, CancellationToken cancellationToken = default) =>
        OnThread(() => Run(progress ?? Ignore, null, cancellationToken), cancellationToken);

    /// <summary>Runs one stage, again if it is done; those before it must be finished.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="options">
    /// Changes options that this stage alone reads; null leaves them. A stage that fails leaves the old ones on record.
    /// </param>
    /// <param name="progress">Told about progress, in order, on the training thread, before the returned task ends.</param>
    /// <param name="cancellationToken">Stops after the running step; training saves a checkpoint first.</param>
    /// <returns>This run.</returns>
    /// <exception cref="AutodidactException">Anything a user can act on; its kind says which sort.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was done is saved.</exception>
    public Task<TrainingRun> RunStageAsync(
        Stage stage, Func<RunOptions, RunOptions>? options = null, Action<RunEvent>? progress = null,
        CancellationToken cancellationToken = default) =>
        OnThread(() => RunStage(stage, options, progress, cancellationToken), cancellationToken);

    /// <summary>Writes the student and the encoder as ONNX graphs into <c>model/</c>, checked against the trained network.</summary>
    /// <param name="options">Changes the options of export; null leaves them.</param>
    /// <param name="progress">Told about progress, in order.</param>
    /// <param name="cancellationToken">Stops; an earlier model then stays.</param>
    /// <returns>What the model says of itself.</returns>
    /// <exception cref="AutodidactException">
    /// The run is not finished, or a graph answers otherwise than the network; its kind says which sort.
    /// </exception>
    public ModelManifest Export(
        Func<ExportOptions, ExportOptions>? options = null,
        Action<RunEvent>? progress = null, CancellationToken cancellationToken = default)
    {
        RunStage(Stage.Export, options is null ? null : all => all with { Export = options(all.Export) }, progress, cancellationToken);
        return new Artefacts.ExportedModel(new RunPaths(Directory)).ReadManifest();
    }

    /// <summary>Opens the exported model; a run that is not exported yet is exported first.</summary>
    /// <param name="options">How the model is loaded; null takes the defaults.</param>
    /// <returns>The model, owned by the caller.</returns>
    /// <exception cref="AutodidactException">The run is not finished, or the model cannot be read.</exception>
    public EarlyExitModel OpenModel(ModelOptions? options = null)
    {
        var model = new Artefacts.ExportedModel(new RunPaths(Directory));
        if (!model.Exists) Export();
        return EarlyExitModel.Load(model.Folder, options);
    }

    /// <summary>
    /// Writes <c>report.html</c>: one self-contained page with results, curves, the clusters' pictures and a map of the features.
    /// </summary>
    /// <param name="cancellationToken">Stops; an earlier page then stays.</param>
    /// <returns>Full path of the page.</returns>
    /// <exception cref="AutodidactException">The run's records cannot be read, or the page cannot be written.</exception>
    public string WriteReport(CancellationToken cancellationToken = default) =>
        RunReport.Write(Directory, new RunReportOptions(), cancellationToken).Path;

    /// <summary>A run by its request as text, as the command line has it.</summary>
    /// <param name="request">The request.</param>
    internal static TrainingRun Of(RunRequest request) => new(request);

    /// <summary>Runs on the calling thread.</summary>
    /// <param name="progress">Told about progress.</param>
    /// <param name="only">Runs only this stage; null runs all that is left.</param>
    /// <param name="cancellationToken">Stops after the running step.</param>
    internal RunResult Run(Action<RunEvent> progress, Stage? only, CancellationToken cancellationToken)
    {
        var result = RunPipeline.Run(_request, _images, [], progress, only, cancellationToken);
        WasFinished = result.AlreadyFinished;
        return result;
    }

    /// <summary>
    /// Turns typed options into a request: the data, and every changed option by name. So both are checked by the same rules.
    /// </summary>
    private static RunRequest Asked(string data, Func<RunOptions, RunOptions>? change)
    {
        var request = new RunRequest().With("data.source", data);
        return change is null ? request : Changed(request, RunOptions.Resolve(request), change);
    }

    private static RunRequest Changed(RunRequest request, RunOptions options, Func<RunOptions, RunOptions> change)
    {
        // A budget resets the epochs of the preset, as its flag does.
        var flags = RunFlags.ByKey.Values.Where(flag => flag.Flag.Resets.Length > 0).ToDictionary(flag => flag.Option);
        return OptionBinder.Diff(options, change(options)).Aggregate(request, (asked, difference) =>
            flags.TryGetValue(difference.Name, out var flag)
                ? asked.With(flag, difference.New)
                : asked.With(difference.Name, difference.New));
    }

    private static void Ignore(RunEvent told)
    {
    }

    /// <summary>
    /// Gives training a thread of its own: it blocks for as long as it takes, and tensors belong to the thread that made them.
    /// </summary>
    private async Task<TrainingRun> OnThread(Action work, CancellationToken cancellationToken)
    {
        await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        return this;
    }

    private void RunStage(
        Stage stage, Func<RunOptions, RunOptions>? change, Action<RunEvent>? progress, CancellationToken cancellationToken)
    {
        var before = _request;
        try
        {
            if (change is not null)
            {
                var recorded = Record?.GetRequest<RunRequest>() ?? _request;
                _request = Changed(recorded, Options, change) with { Out = Directory };
            }

            Run(progress ?? Ignore, stage, cancellationToken);
        }
        catch
        {
            _request = before;
            throw;
        }
    }
}
