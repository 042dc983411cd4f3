using Autodidact.Configuration;
using Autodidact.Images;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Pretraining;

/// <summary>Trains a pretext task on images in which it has a clear answer.</summary>
internal static class PretextProbe
{
    private const int Side = 24;

    /// <summary>Mean of a metric over the last ten steps, on images of one value a pixel, seen as they are.</summary>
    /// <param name="method">The method.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="pixel">Value, 0 to 1, at a row and a column from -1 to 1, in an image of some contrast.</param>
    /// <param name="change">What differs from the default options.</param>
    /// <param name="steps">Steps of 8 images.</param>
    public static double Learn(
        string method, string metric, Func<double, double, double, double> pixel, Func<PretrainOptions, PretrainOptions>? change = null,
        int steps = 80)
    {
        var options = new PretrainOptions { Method = method };
        options = change?.Invoke(options) ?? options;
        var training = new EncoderTraining(
            Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool").Create(seed: 3),
            _ => ViewSpec.Plain(Side, PixelNormalization.Cifar10), TinyProblem.Images, Seed: 4);
        using var objective = PretrainMethods.Get(method).Create(new PretrainSetup(training, options, TinyPretraining.Labels));
        var last = new List<double>();
        using var trainer = new Trainer(objective, Images(pixel), TinyProblem.Positions, TinyProblem.Options(steps))
        {
            Progress = p =>
            {
                if (p.Step > steps - 10) last.Add(p.Metrics[metric]);
            },
        };
        trainer.Run(TestContext.Current.CancellationToken);
        return last.Average();
    }

    private static InMemoryImages Images(Func<double, double, double, double> pixel)
    {
        var pixels = new byte[TinyProblem.Images * Side * Side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, row, column) = (i / (Side * Side * 3), i / (Side * 3) % Side, i / 3 % Side);
            double At(int place) => (2.0 * place / (Side - 1)) - 1;
            pixels[i] = (byte)Math.Clamp(255 * pixel(At(row), At(column), 0.5 + (0.5 * image / TinyProblem.Images)), 0, 255);
        }

        return new InMemoryImages(pixels, Side, Side, [.. TinyProblem.Positions.Select(i => $"{i}")]);
    }
}
