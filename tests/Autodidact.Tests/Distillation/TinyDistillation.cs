using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Distillation;

/// <summary>
/// Everything a distillation method may ask for, at the size of <see cref="TinyProblem"/>: a student of 4 exits, 4 clusters, teachers that
/// know nothing.
/// </summary>
internal static class TinyDistillation
{
    public const int Clusters = 4;
    private const int FeatureSize = 64;
    private const string Arch = "resnet10-w8-cifar-pool";

    public static int[] PseudoLabels { get; } = [.. TinyProblem.Positions.Select(p => p % Clusters)];

    public static MultiExitNetwork Student(ulong seed = 2) =>
        new(Autodidact.Models.Architecture.Parse(Arch), new MultiExitOptions { Outputs = Clusters }, seed);

    /// <summary>The objective of a method as the pipeline makes it.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="change">What differs from the default options.</param>
    public static IObjective Objective(string method, Func<DistillOptions, DistillOptions>? change = null) =>
        Objective(method, Student(), change);

    public static IObjective Objective(
        string method, MultiExitNetwork student, Func<DistillOptions, DistillOptions>? change = null, Backbone? encoder = null,
        int[]? pseudoLabels = null)
    {
        var known = DistillMethods.Get(method);
        var options = new DistillOptions { Method = method, Methods = MethodOptions.Of<DistillOptions>().With(known.Loss ?? new()) };
        return known.Create(new DistillSetup(
            student,
            pseudoLabels ?? PseudoLabels,
            change?.Invoke(options) ?? options,
            views => _ => Views(views),
            Seed: 4,
            new DistillTeachers(EncoderFeatures, Centroids, () => encoder ?? Encoder(), () => Frozen(Student(seed: 9)))));
    }

    /// <summary>Features of the images, as the pipeline makes them.</summary>
    public static FeatureMatrix Features(Func<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> model) =>
        FeatureExtractor.Extract(
            model, new PlainPixels(TinyProblem.ImageSet(), 16, PixelNormalization.Cifar10), TinyProblem.Positions, batchSize: 16);

    /// <summary>Something to regress: a direction for each image.</summary>
    public static FeatureMatrix EncoderFeatures() => Waves(TinyProblem.Images);

    /// <summary>Something for the clusters to be around.</summary>
    public static FeatureMatrix Centroids() => Waves(Clusters);

    /// <summary>A student with its pseudo-labels, for objectives that are made by hand.</summary>
    public static StudentTraining Training(MultiExitNetwork student) => new(student, PseudoLabels, _ => Views(1), Seed: 4);

    /// <summary>A teacher that knows nothing.</summary>
    public static Backbone Encoder() => Frozen(Autodidact.Models.Architecture.Parse(Arch).Create(seed: 8));

    /// <summary>Several views are to differ: random crops.</summary>
    private static ViewSpec Views(int count) => count == 1
        ? ViewSpec.Plain(16, PixelNormalization.Cifar10)
        : new ViewSpec
        {
            Views =
            [
                .. Enumerable.Repeat(
                    new ViewRecipe { Size = 16, Normalization = PixelNormalization.Cifar10, Crop = new ResizedCrop { ScaleMin = 0.5 } },
                    count),
            ],
        };

    private static FeatureMatrix Waves(int rows)
    {
        var features = new FeatureMatrix(rows, FeatureSize);
        for (var row = 0; row < features.Rows; row++)
        {
            for (var column = 0; column < features.Columns; column++)
            {
                features[row][column] = MathF.Sin(1 + (row * 0.7f) + (column * 1.3f));
            }
        }

        return features;
    }

    private static TModule Frozen<TModule>(TModule module)
        where TModule : TorchSharp.torch.nn.Module
    {
        foreach (var parameter in module.parameters()) parameter.requires_grad = false;
        module.eval();
        return module;
    }
}
