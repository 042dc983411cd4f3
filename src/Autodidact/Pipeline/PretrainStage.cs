using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Pretraining;
using Autodidact.Runs;
using Autodidact.Serialization;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>
/// Stage one: trains an encoder without labels, or takes one from a file, or ready features. Leaves <c>encoder.safetensors</c>, <c>encoder.onnx</c> or
/// <c>features.npy</c>; <see cref="RunEncoder"/> opens them.
/// </summary>
internal sealed class PretrainStage : IStage
{
    /// <summary>Marks an encoder file of a method that trained on labels.</summary>
    private const string LabelsKey = "uses_labels";

    public static PretrainStage Instance { get; } = new();

    public string Fingerprint(RunContext context) => context.Fingerprint(
        Stage.Pretrain,
        context.Options.Pretrain,
        context.PretrainData.Train.Fingerprint,
        FormattableString.Invariant($"{context.Options.Data.Holdout} {context.Steps(Stage.Pretrain)}"),
        context.Options.Pretrain.AllowLabels ? Path.GetFileName(context.PretrainData.TrainLabelsPath) : "", // names with a digest of the content
        context.Options.Pretrain.Trains ? "" : EncoderDigest(context.Directory.Record, context.Options.Pretrain));

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Pretrain;
        if (options.Fits) return Fit(context, cancellationToken);
        if (!options.Trains) return Adopt(context);

        var steps = context.Steps(Stage.Pretrain);
        var epoch = Trainer.StepsPerEpoch(context.PretrainPositions.Length, options.BatchSize);
        if (PretrainMethods.Get(options.Method).FewestEpochs * epoch > steps)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"pretrain.method={options.Method}: it learns nothing in its first epoch, and {steps} steps are too few for {PretrainMethods.Get(options.Method).FewestEpochs} epochs of {epoch}: raise --budget or pretrain.epochs");
        }

        context.Tell(new StageStarted(Stage.Pretrain, $"{options.Method} pre-training of {options.Arch} on {context.PretrainPositions.Length} images", steps));
        using var objective = Objective(context, CreateEncoder(context));
        var encoder = objective.Kept;
        var input = Input(context);
        var observers = Observers.ForEncoder(context, encoder, input, objective.Views);
        var peak = PeakMemory.Restart();
        var result = context.Train(Stage.Pretrain, objective, context.PretrainData.Train, context.PretrainPositions, input, TrainerOptions(context, steps), observers, cancellationToken);
        ModuleStore.Save(encoder, context.Paths.Encoder, Marked(input.ToMetadata(), options.AllowLabels));
        var cost = ModelCost.Of(encoder, input.ViewSize);
        context.Summary = context.Summary.Noting(new PretrainSummary
        {
            Method = options.Method,
            Arch = options.Arch,
            Epochs = result.Epochs,
            Seconds = result.Seconds,
            ImagesPerSecond = result.ImagesPerSecond,
            Parameters = cost.Parameters,
            Macs = cost.Macs,
            PeakMemoryMb = peak ? PeakMemory.SinceRestart : null,
            Deviation = Observed("deviation"),
            EffectiveRank = Observed("effective_rank"),
            Uniformity = Observed("uniformity"),
            Alignment = Observed("alignment"),
            UsesLabels = options.AllowLabels ? true : null,
        });

        double? Observed(string name) => result.Observed.TryGetValue(name, out var value) ? value : null;

        return StageOutcome.Of(result, context.Paths.Encoder);
    }

    /// <summary>A fresh objective of the stage's cost and what watches it, to be measured and thrown away.</summary>
    public static (IObjective Objective, IReadOnlyList<ITrainingObserver> Observers) ThrowAway(RunContext context)
    {
        var objective = Objective(context, CreateEncoder(context));
        return (objective, Observers.ForEncoder(context, objective.Kept, Input(context), objective.Views));
    }

    public static TrainerOptions TrainerOptions(RunContext context, long steps) => new()
    {
        BatchSize = context.Options.Pretrain.BatchSize,
        Steps = steps,
        Optimizer = context.Options.Pretrain.Optimizer,
        Seed = context.SeedOf(SeedStream.Pretrain),
        CheckpointEvery = context.Options.CheckpointEvery,
    };

    public static Backbone CreateEncoder(RunContext context)
    {
        var encoder = Architecture.Parse(context.Options.Pretrain.Arch).Create(context.SeedOf(SeedStream.Encoder));
        encoder.Precision = Precisions.Of(context.Options.Precision);
        return encoder;
    }

    /// <summary>What the encoder of this run sees: the pre-training images' own statistics.</summary>
    public static ModelInput Input(RunContext context) => new(
        context.Options.Pretrain.Arch,
        ViewRecipes.FinalSize(context.Options.Pretrain.Views, context.PretrainData.Train),
        PixelStatistics.Measure(context.PretrainData.Train));

    private static EncoderObjective Objective(RunContext context, Backbone encoder)
    {
        var options = context.Options.Pretrain;
        var input = Input(context);
        var views = ViewRecipes.Schedule(options, context.PretrainData.Train, input.ViewSize, input.Normalization);
        var images = context.PretrainPositions.Length;
        var training = new EncoderTraining(encoder, views, images, context.SeedOf(SeedStream.Head))
        {
            Threads = context.Options.Threads,
            ImagesAnEpoch = Trainer.StepsPerEpoch(images, options.BatchSize) * Math.Min(options.BatchSize, images),
        };
        return PretrainMethods.Get(options.Method).Create(new PretrainSetup(training, options, () => UpperBoundLabels.Some(context)));
    }

    /// <summary>An encoder that learned from labels is taken where that is allowed, and marked. Ready features cannot say where they are from.</summary>
    private static void CheckLabels(RunContext context, string file, bool labels)
    {
        if (labels == context.Options.Pretrain.AllowLabels) return;
        throw new AutodidactException(
            FailureKind.Usage,
            labels
                ? $"--encoder {file}: it was trained on labels, so nothing that follows is a result without labels: set pretrain.allow_labels=true if that is meant"
                : $"pretrain.allow_labels: {file} was not trained on labels as far as it says: leave the option out");
    }

    private static StageOutcome Fit(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Pretrain;
        context.Tell(new StageStarted(Stage.Pretrain, $"{options.Method} on {context.PretrainPositions.Length} images", 0));
        if (options.Epochs > 0) context.Notice(FormattableString.Invariant($"pretrain.epochs={options.Epochs}: {options.Method} has no epochs, and takes the time it takes"));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var peak = PeakMemory.Restart();
        var pictures = new PlainPixels(context.PretrainData.Train, ViewRecipes.FinalSize(options.Views, context.PretrainData.Train), EncoderNormalization.Bytes);
        var fitted = PretrainMethods.Get(options.Method).Fit!(new EncoderFitting(
            pictures.Write, pictures.ViewSize, context.PretrainPositions, options, context.SeedOf(SeedStream.Pretrain), context.Options.Threads, context.Notice, cancellationToken));
        AtomicFile.Write(context.Paths.EncoderGraph, stream => stream.Write(fitted.Graph));
        context.Summary = context.Summary.Noting(new PretrainSummary
        {
            Method = options.Method,
            Arch = fitted.Name,
            Seconds = clock.Elapsed.TotalSeconds,
            Parameters = fitted.Parameters,
            Macs = fitted.Macs,
            PeakMemoryMb = peak ? PeakMemory.SinceRestart : null,
        });
        return new StageOutcome([context.Paths.EncoderGraph], $"{fitted.Name}, {fitted.Parameters} numbers");
    }

    private static Dictionary<string, string> Marked(Dictionary<string, string> metadata, bool labels)
    {
        if (labels) metadata[LabelsKey] = "true";
        return metadata;
    }

    private static StageOutcome Adopt(RunContext context)
    {
        var options = context.Options.Pretrain;
        var file = options.Features ?? options.Encoder!;
        context.Tell(new StageStarted(Stage.Pretrain, $"taking {(options.Features is null ? "the encoder" : "the features")} {file}", 0));
        foreach (var (option, missing) in options.AdoptedFiles.Where(f => !File.Exists(f.File)))
        {
            throw NoSuchFile(option, missing);
        }

        var digest = EncoderDigest(context.Directory.Record, options);
        var adopted = options.EncoderKind switch
        {
            EncoderKind.Graph => AdoptGraph(context, file),
            EncoderKind.Features => AdoptFeatures(context, file),
            _ => AdoptNetwork(context, file),
        };
        context.Directory.Write(context.Directory.Record! with { EncoderDigest = digest });
        context.Summary = context.Summary.Noting(new PretrainSummary
        {
            Method = adopted.Method,
            Arch = adopted.Arch,
            Parameters = adopted.Cost?.Parameters,
            Macs = adopted.Cost?.Macs,
            UsesLabels = options.AllowLabels ? true : null,
        });
        return new StageOutcome(adopted.Outputs, adopted.Text);
    }

    private static Adopted AdoptNetwork(RunContext context, string file)
    {
        var (encoder, input) = LoadEncoder(file, Foreign(context));
        using var scope = encoder;
        var metadata = EncoderFile.Describe(file).Metadata;
        if (CheckpointStore.IsCheckpoint(metadata))
        {
            throw new AutodidactException(FailureKind.Data, $"{file}: a checkpoint of a training under way: finish that run, and name its encoder.safetensors");
        }

        var labels = metadata.ContainsKey(LabelsKey);
        CheckLabels(context, file, labels);

        input = input with { Normalization = EncoderNormalization.Parse(context.Options.Pretrain.EncoderNormalization) ?? input.Normalization };
        ModuleStore.Save(encoder, context.Paths.Encoder, Marked(input.ToMetadata(), labels));
        return new Adopted("file", input.Architecture, [context.Paths.Encoder], input.Architecture) { Cost = ModelCost.Of(encoder, input.ViewSize) };
    }

    private static Adopted AdoptGraph(RunContext context, string file)
    {
        // It is tried where it will lie: weights in files beside the original would be missing there.
        AtomicFile.Write(context.Paths.EncoderGraph, stream =>
        {
            using var source = File.OpenRead(file);
            source.CopyTo(stream);
        });
        try
        {
            using var graph = FeatureGraph.Open(context.Paths.EncoderGraph, context.Options.Pretrain.EncoderOutput, context.Options.Threads);
            CheckLabels(context, file, graph.Metadata.ContainsKey(ExportManifest.LabelsKey));
            var (side, _) = RunEncoder.GraphInput(context, graph);
            var length = graph.Probe(side);
            var values = graph.TakesBytes ? "as bytes" : $"normalised as {(context.Options.Pretrain.EncoderNormalization is EncoderNormalization.Auto ? "imagenet" : context.Options.Pretrain.EncoderNormalization)}";
            return new Adopted(
                "onnx", Path.GetFileName(file), [context.Paths.EncoderGraph], $"{Path.GetFileName(file)}: output {graph.Output}, {length} values of {side} x {side} images {values}");
        }
        catch (AutodidactException e)
        {
            File.Delete(context.Paths.EncoderGraph);
            throw new AutodidactException(e.Kind, e.Message.Replace(context.Paths.EncoderGraph, file, StringComparison.Ordinal), e);
        }
    }

    private static Adopted AdoptFeatures(RunContext context, string file)
    {
        List<string> outputs = [context.Paths.Features];
        using var features = FeatureRows.Read(file, context.Target.Train);
        NpyFile.Write(context.Paths.Features, features);
        if (context.Options.Pretrain.EvaluationFeatures is { } evaluationFile)
        {
            if (context.Target.Evaluation is not { } evaluation)
            {
                throw new AutodidactException(FailureKind.Usage, "pretrain.evaluation_features: the data have no evaluation images: name some with --eval, or leave the option out");
            }

            using var queries = FeatureRows.Read(evaluationFile, evaluation);
            if (queries.Columns != features.Columns)
            {
                throw new AutodidactException(
                    FailureKind.Data, $"{evaluationFile}: features of {queries.Columns} values, those of the training images have {features.Columns}: take both from one encoder");
            }

            NpyFile.Write(context.Paths.EvaluationFeatures, queries);
            outputs.Add(context.Paths.EvaluationFeatures);
        }

        return new Adopted("features", Path.GetFileName(file), outputs, $"{features.Rows} features of {features.Columns} values");
    }

    /// <summary>What the encoder will see, before there is one: what its file says, or this run's own.</summary>
    public static ModelInput Expected(RunContext context) =>
        context.Options.Pretrain is { EncoderKind: EncoderKind.Network, Encoder: { } file } && File.Exists(file) ? InputOf(file, Foreign(context)) : Input(context);

    /// <summary>The encoder of a file, in the architecture the file names.</summary>
    public static (Backbone Encoder, ModelInput Input) LoadEncoder(string file, ModelInput fallback)
    {
        var input = InputOf(file, fallback);
        var encoder = Architecture.Parse(input.Architecture).Create(seed: 0);
        try
        {
            EncoderFile.Load(encoder, file);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }

        return (encoder, input);
    }

    /// <summary>Content of the files taken in place of training. Once the run has its copies, the files may go.</summary>
    /// <exception cref="AutodidactException">One is missing, and the run has no copy; kind Data.</exception>
    public static string EncoderDigest(RunRecord? record, PretrainOptions options)
    {
        var digests = new List<string>();
        foreach (var (option, file) in options.AdoptedFiles)
        {
            if (!File.Exists(file))
            {
                return record?.EncoderDigest ?? throw NoSuchFile(option, file);
            }

            digests.Add(DigestOf(file));
            if (options.EncoderKind == EncoderKind.Features && File.Exists(FeatureRows.KeysFile(file)))
            {
                digests.Add(DigestOf(FeatureRows.KeysFile(file)));
            }
        }

        return string.Join(' ', digests);
    }

    private static string DigestOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
    }

    private static AutodidactException NoSuchFile(string option, string file) => new(FailureKind.Data, $"{option}: {file}: no such file: correct the path");

    private static ModelInput InputOf(string file, ModelInput fallback) => ModelInput.FromMetadata(EncoderFile.Describe(file).Metadata, fallback);

    /// <summary>What a file of other makers is taken to want: nearly all were trained on ImageNet's statistics.</summary>
    private static ModelInput Foreign(RunContext context) => Input(context) with { Normalization = PixelNormalization.ImageNet };

    private sealed record Adopted(string Method, string Arch, IReadOnlyList<string> Outputs, string Text)
    {
        public ModelCost? Cost { get; init; }
    }
}
