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
        context.Options.Pretrain.Encoder is { } file ? FileStamp(file) : "");

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
        var result = context.Train(Stage.Pretrain, objective, context.PretrainData.Train, context.PretrainPositions, TrainerOptions(context, steps), observers, cancellationToken);
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
            FormattableString.Invariant($"{result.Epochs:0.#} epochs, {result.ImagesPerSecond:0} images/s"),
            TimeSpan.FromSeconds(result.Seconds));
    }

    /// <summary>A fresh objective with the run's seeds; used once to measure and once to train.</summary>
    public static IObjective Objective(RunContext context) => Objective(context, CreateEncoder(context));

    public static TrainerOptions TrainerOptions(RunContext context, long steps) => new()
    {
        BatchSize = context.Options.Pretrain.BatchSize,
        Steps = steps,
        Optimizer = context.Options.Pretrain.Optimizer,
        Seed = context.SeedOf(SeedStream.Pretrain),
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
            views => ViewRecipes.Schedule(options.Views, input.ViewSize, input.Normalization, views),
            context.SeedOf(SeedStream.Head)));
    }

    private static StageOutcome Adopt(RunContext context, string file)
    {
        context.Tell(new StageStarted(Stage.Pretrain, $"taking the encoder {file}", 0));
        var (encoder, input) = LoadEncoder(file, Input(context) with { Normalization = PixelNormalization.ImageNet });
        using (encoder)
        {
            ModuleStore.Save(encoder, context.Paths.Encoder, input.ToMetadata());
        }

        context.Summary = context.Summary with { Pretrain = new PretrainSummary { Method = "file", Arch = input.Architecture } };
        return new StageOutcome([context.Paths.Encoder], input.Architecture);
    }

    /// <summary>The encoder of a file, in the architecture the file names.</summary>
    public static (Backbone Encoder, ModelInput Input) LoadEncoder(string file, ModelInput fallback)
    {
        var input = ModelInput.FromMetadata(ModuleStore.ReadMetadata(file), fallback);
        var encoder = Architecture.Parse(input.Architecture).Create(seed: 0);
        try
        {
            ModuleStore.Load(encoder, file);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }

        return (encoder, input);
    }

    private static string FileStamp(string file)
    {
        var info = new FileInfo(file);
        return info.Exists
            ? FormattableString.Invariant($"{info.Length} {info.LastWriteTimeUtc.Ticks}")
            : throw new AutodidactException(FailureKind.Data, $"--encoder {file}: no such file");
    }
}
