using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Runs;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>Stage one: trains an encoder without labels, or takes one from a file. Leaves <c>encoder.safetensors</c>.</summary>
internal sealed class PretrainStage : IStage
{
    public static PretrainStage Instance { get; } = new();

    public string Fingerprint(RunContext context) => context.Fingerprint(
        Stage.Pretrain,
        context.Options.Pretrain,
        context.PretrainData.Train.Fingerprint,
        FormattableString.Invariant($"{context.Options.Data.Holdout} {context.Steps(Stage.Pretrain)}"),
        context.Options.Pretrain.Encoder is { } file ? EncoderDigest(context.Directory.Record, file) : "");

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Pretrain;
        if (options.Encoder is { } file)
        {
            return Adopt(context, file);
        }

        var steps = context.Steps(Stage.Pretrain);
        context.Tell(new StageStarted(Stage.Pretrain, $"{options.Method} pre-training of {options.Arch} on {context.PretrainPositions.Length} images", steps));
        var encoder = CreateEncoder(context);
        using var objective = Objective(context, encoder);
        var input = Input(context);
        var observers = Observers.ForEncoder(context, encoder, input, objective.Views);
        var result = context.Train(Stage.Pretrain, objective, context.PretrainData.Train, context.PretrainPositions, input, TrainerOptions(context, steps), observers, cancellationToken);
        ModuleStore.Save(encoder, context.Paths.Encoder, input.ToMetadata());
        context.Summary = context.Summary with
        {
            Pretrain = new PretrainSummary
            {
                Method = options.Method,
                Arch = options.Arch,
                Epochs = result.Epochs,
                Seconds = result.Seconds,
                ImagesPerSecond = result.ImagesPerSecond,
            },
        };
        return new StageOutcome(
            [context.Paths.Encoder],
            FormattableString.Invariant($"{result.Epochs:0.#} epochs, {result.ImagesPerSecond:0} images/s"));
    }

    /// <summary>A fresh objective of the stage's cost and what watches it, to be measured and thrown away.</summary>
    public static (IObjective Objective, IReadOnlyList<ITrainingObserver> Observers) ThrowAway(RunContext context)
    {
        var encoder = CreateEncoder(context);
        var objective = Objective(context, encoder);
        return (objective, Observers.ForEncoder(context, encoder, Input(context), objective.Views));
    }

    public static TrainerOptions TrainerOptions(RunContext context, long steps) => new()
    {
        BatchSize = context.Options.Pretrain.BatchSize,
        Steps = steps,
        Optimizer = context.Options.Pretrain.Optimizer,
        Seed = context.SeedOf(SeedStream.Pretrain),
        CheckpointEvery = context.Options.CheckpointEvery,
    };

    public static Backbone CreateEncoder(RunContext context) =>
        Architecture.Parse(context.Options.Pretrain.Arch).Create(context.SeedOf(SeedStream.Encoder));

    /// <summary>What the encoder of this run sees: the pre-training images' own statistics.</summary>
    public static ModelInput Input(RunContext context) => new(
        context.Options.Pretrain.Arch,
        ViewRecipes.FinalSize(context.Options.Pretrain.Views, context.PretrainData.Train),
        PixelStatistics.Measure(context.PretrainData.Train));

    private static IObjective Objective(RunContext context, Backbone encoder)
    {
        var options = context.Options.Pretrain;
        var input = Input(context);
        return PretrainMethods.Get(options.Method).Create(new PretrainSetup(
            encoder,
            options,
            views => ViewRecipes.Schedule(options.Views, context.PretrainData.Train, input.ViewSize, input.Normalization, views),
            context.SeedOf(SeedStream.Head)));
    }

    private static StageOutcome Adopt(RunContext context, string file)
    {
        context.Tell(new StageStarted(Stage.Pretrain, $"taking the encoder {file}", 0));
        var (encoder, input) = LoadEncoder(file, Foreign(context));
        using (encoder)
        {
            ModuleStore.Save(encoder, context.Paths.Encoder, input.ToMetadata());
        }

        context.Directory.Write(context.Directory.Record! with { EncoderDigest = EncoderDigest(context.Directory.Record, file) });
        context.Summary = context.Summary with { Pretrain = new PretrainSummary { Method = "file", Arch = input.Architecture } };
        return new StageOutcome([context.Paths.Encoder], input.Architecture);
    }

    /// <summary>What the encoder will see, before there is one: what its file says, or this run's own.</summary>
    public static ModelInput Expected(RunContext context) => context.Options.Pretrain.Encoder is { } file && File.Exists(file)
        ? InputOf(file, Foreign(context))
        : Input(context);

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

    /// <summary>The file's content. Once the run has its copy, the file may go.</summary>
    /// <exception cref="AutodidactException">There is no such file, and the run has no copy; kind Data.</exception>
    public static string EncoderDigest(RunRecord? record, string file)
    {
        if (!File.Exists(file))
        {
            return record?.EncoderDigest ?? throw new AutodidactException(FailureKind.Data, $"--encoder {file}: no such file: correct the path");
        }

        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
    }

    private static ModelInput InputOf(string file, ModelInput fallback) => ModelInput.FromMetadata(EncoderFile.Describe(file).Metadata, fallback);

    /// <summary>What a file of other makers is taken to want: nearly all were trained on ImageNet's statistics.</summary>
    private static ModelInput Foreign(RunContext context) => Input(context) with { Normalization = PixelNormalization.ImageNet };
}
