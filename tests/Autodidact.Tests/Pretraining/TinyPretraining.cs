using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Stages;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Pretraining;

/// <summary>Pre-training methods as the pipeline makes them, at the size of <see cref="TinyProblem"/>.</summary>
internal static class TinyPretraining
{
    private const string Arch = "resnet10-w8-cifar-pool";
    private const int Side = 16;

    /// <summary>Three classes, known of every second image.</summary>
    public static TrainingLabels Labels() => new([.. TinyProblem.Positions.Select(p => p % 2 == 0 ? p % 3 : -1)], 3);

    /// <summary>The objective of a method.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="change">What differs from the default options.</param>
    /// <param name="imagesAnEpoch">Images that an epoch sees.</param>
    /// <param name="device">Where the encoder lies; null is the CPU.</param>
    public static IObjective Objective(
        string method, Func<PretrainOptions, PretrainOptions>? change = null, int imagesAnEpoch = TinyProblem.Images,
        TorchSharp.torch.Device? device = null)
    {
        var options = new PretrainOptions { Method = method };
        options = change?.Invoke(options) ?? options;
        var views = ViewRecipes.Schedule(options, TinyProblem.ImageSet(), Side, PixelNormalization.Cifar10);
        var training = new EncoderTraining(
            Autodidact.Models.Architecture.Parse(Arch).Create(seed: 3).On(device), views, TinyProblem.Images,
            Seed: 4)
        { ImagesAnEpoch = imagesAnEpoch };
        return PretrainMethods.Get(method).Create(new PretrainSetup(training, options, Labels));
    }
}
