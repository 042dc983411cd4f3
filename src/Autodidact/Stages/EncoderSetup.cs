using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Pretraining;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>Sets up the training of an encoder, for the stage itself and for the timing of its steps.</summary>
internal static class EncoderSetup
{
    /// <summary>Input of an encoder that this run trains, with the statistics of the pre-training images.</summary>
    public static ModelInput Input(RunOptions options, PackedData data) => new(
        options.Pretrain.Arch, ViewRecipes.FinalSize(options.Pretrain.Views, data.Pretrain.Train), data.PretrainStatistics);

    /// <summary>A fresh encoder.</summary>
    public static Backbone Create(RunOptions options)
    {
        var encoder = Architecture.Parse(options.Pretrain.Arch).Create(new Seeds(options.Seed).Of(SeedStream.Encoder));
        encoder.Precision = Precisions.Of(options.Precision);
        return encoder.On(TorchDevices.Of(options.Device));
    }

    /// <summary>A fresh training.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="steps">Steps in all.</param>
    public static TrainingSetup Train(RunOptions options, PackedData data, long steps)
    {
        var (pretrain, seeds) = (options.Pretrain, new Seeds(options.Seed));
        var input = Input(options, data);
        StepMemory.Encoder(options, data, input);
        var images = data.PretrainPositions.Length;
        var views = ViewRecipes.Schedule(pretrain, data.Pretrain.Train, input.ViewSize, input.Normalization);
        var training = new EncoderTraining(Create(options), views, images, seeds.Of(SeedStream.Head))
        {
            Threads = options.Threads,
            ImagesAnEpoch = Trainer.StepsPerEpoch(images, pretrain.BatchSize) * Math.Min(pretrain.BatchSize, images),
        };
        var objective = PretrainMethods.Get(pretrain.Method).Create(
            new PretrainSetup(training, pretrain, () => UpperBoundLabels.Some(options, data)));
        var trainer = new TrainerOptions
        {
            BatchSize = pretrain.BatchSize,
            Steps = steps,
            Optimizer = pretrain.Optimizer,
            Seed = seeds.Of(SeedStream.Pretrain),
            CheckpointEvery = options.CheckpointEvery,
        };
        var observers = Observers.ForEncoder(options, data, objective.Kept, input, objective.Views);
        return new TrainingSetup(objective, data.Pretrain.Train, data.PretrainPositions, input, trainer, observers);
    }
}
