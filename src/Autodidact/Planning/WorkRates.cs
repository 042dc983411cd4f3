using System.Diagnostics;
using Autodidact.Artefacts;
using Autodidact.Clustering;
using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Stages;

namespace Autodidact.Planning;

/// <summary>Seconds of the pieces that clustering and measuring are made of, on all cores of this machine.</summary>
internal sealed record WorkRates
{
    /// <summary>For k-means, reading a row and adding it up costs as much as comparing it with so many centroids.</summary>
    public const double RowInCentroids = 8;

    /// <summary>Rows that k-NN, probes and k-means are timed on.</summary>
    private const int Rows = 4096;

    private const int Queries = 512;

    /// <summary>Multiply-accumulates of a timed forward pass: a fraction of a second.</summary>
    private const long ForwardMacs = 4_000_000_000;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.15);

    /// <summary>An image through the encoder.</summary>
    public double Encoder { get; init; }

    /// <summary>An image through the student, to all exits.</summary>
    public double Student { get; init; }

    /// <summary>k-NN, for a query, a training image and a number of the feature.</summary>
    public double Neighbour { get; init; }

    /// <summary>An iteration of the linear probe, for a training image and a number of the feature.</summary>
    public double Probe { get; init; }

    /// <summary>A pass of k-means, for an image, a number of the feature and a centroid.</summary>
    public double Cluster { get; init; }

    /// <summary>Measuring the speed of an exit.</summary>
    public double Speed { get; init; }

    /// <summary>Measures, within seconds, on random weights and features.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The run's encoder to be.</param>
    /// <param name="shape">The run.</param>
    /// <param name="cancellationToken">Stops between measurements.</param>
    public static WorkRates Measure(
        RunOptions options, PackedData data, EncoderArtefact encoder, RunShape shape, CancellationToken cancellationToken)
    {
        var (student, speed) = StudentSeconds(options, data, encoder, shape);
        cancellationToken.ThrowIfCancellationRequested();
        var rates = new WorkRates
        {
            Encoder = EncoderSeconds(options, data, encoder),
            Student = student,
            Speed = speed,
            Cluster = ClusterSeconds(shape, options.Cluster.Spherical),
        };
        cancellationToken.ThrowIfCancellationRequested();
        return shape.Classes == 0 ? rates : Scoring(rates, shape, Probes.Of(options));
    }

    private static WorkRates Scoring(WorkRates rates, RunShape shape, ProbeOptions probes)
    {
        using var bank = Random(Rows, shape.EncoderFeature);
        using var queries = Random(Queries, shape.EncoderFeature);
        var (bankLabels, queryLabels) = (Labels(Rows, shape.Classes), Labels(Queries, shape.Classes));
        var neighbours = Seconds(() => WeightedKnn.Accuracy(bank, bankLabels, queries, queryLabels, probes.Knn));

        // Two numbers of iterations, since setting up and scoring are no iterations.
        var (few, many) = (2, 12);
        var probe = Seconds(() => Fit(many)) - Seconds(() => Fit(few));
        return rates with
        {
            Neighbour = neighbours / ((double)Rows * Queries * shape.EncoderFeature),
            Probe = Math.Max(0, probe) / ((many - few) * (double)Rows * shape.EncoderFeature),
        };

        void Fit(int iterations) => LinearProbe.Fit(
            bank, bankLabels, queries, queryLabels, probes.Linear with { MaxIterations = iterations, LossTolerance = double.Epsilon });
    }

    private static double ClusterSeconds(RunShape shape, bool spherical)
    {
        const int Passes = 3;
        using var rows = Random(Rows, shape.EncoderFeature);
        var clusters = Math.Min(shape.Clusters, Rows / 8);
        var seconds = Seconds(() => KMeans.Fit(rows, new KMeansOptions
        {
            Clusters = clusters,
            Spherical = spherical,
            MaxIterations = Passes,
            Tolerance = 0,
            Prune = false,
        }).Dispose());
        return seconds / (Passes * (double)Rows * shape.EncoderFeature * (clusters + RowInCentroids));
    }

    private static double EncoderSeconds(RunOptions options, PackedData data, EncoderArtefact encoder)
    {
        var images = data.Target.Train;
        switch (encoder.Kind)
        {
            case EncoderKind.Features:
                return 0;
            case EncoderKind.Graph when options.Pretrain.Encoder is { } file:
            {
                using var graph = GraphEncoder.Open(file, options.Pretrain, encoder.Foreign, options.Threads);
                var some = Some(images, Math.Min(images.Count, 2 * TorchThreads.Cores));
                return Seconds(() => graph.TrainFeatures(some, options.Evaluate.BatchSize, CancellationToken.None).Dispose()) / some.Count;
            }

            default:
            {
                var input = encoder.Expected;
                using var network = Architecture.Parse(input.Architecture).Create(seed: 0).On(TorchDevices.Of(options.Device));
                var cost = ModelCost.Of(network, input.ViewSize);
                return ForwardSeconds(options, images, input, cost, (pixels, indices) =>
                    FeatureExtractor.Extract(network, pixels, indices, options.Evaluate.BatchSize).Dispose());
            }
        }
    }

    private static (double Image, double Speed) StudentSeconds(
        RunOptions options, PackedData data, EncoderArtefact encoder, RunShape shape)
    {
        var input = StudentInput.Of(options, data, encoder.Expected);
        using var student = new StudentModel(StudentSetup.Create(options, input.Architecture, shape.Clusters), input);
        var cost = ModelCost.OfAll(student.Network, input.ViewSize);
        var image = ForwardSeconds(options, data.Target.Train, input, cost, (_, indices) =>
            student.Outputs(data.Target.Train, indices, options.Evaluate.BatchSize, CancellationToken.None).Dispose());
        var speed = MeasureStudent.SpeedOf(cost);

        // Of the exits, each deeper one costs more; all of them cost about two thirds of the deepest on average.
        const double MeanCost = 2 / 3.0;
        return (image, (speed.WarmupBatches + speed.TimedBatches) * speed.BatchSize * image * MeanCost);
    }

    private static double ForwardSeconds(
        RunOptions options, IImageSet images, ModelInput input, ModelCost cost, Action<PlainPixels, int[]> pass)
    {
        var pixels = new PlainPixels(images, input.ViewSize, input.Normalization);
        var count = (int)Math.Clamp(ForwardMacs / Math.Max(1, cost.Macs), 1, options.Evaluate.BatchSize) * TorchThreads.Cores;
        int[] indices = [.. Enumerable.Range(0, count).Select(i => i % images.Count)];

        // Passes of the size that the run has, one for each core.
        return Seconds(() => pass(pixels, indices)) / count;
    }

    private static InMemoryImages Some(IImageSet images, int count)
    {
        var bytes = images.Height * images.Width * 3;
        var pixels = new byte[count * bytes];
        for (var i = 0; i < count; i++) images.Pixels(i).CopyTo(pixels.AsSpan(i * bytes));
        return new InMemoryImages(pixels, images.Height, images.Width);
    }

    /// <summary>Numbers from -1 to 1, the same every time.</summary>
    private static FeatureMatrix Random(int rows, int columns)
    {
        var random = new CounterRandom(1, 0, (uint)columns);
        var features = new FeatureMatrix(rows, columns);
        for (var row = 0; row < rows; row++)
        {
            foreach (ref var value in features[row]) value = random.Uniform(-1, 1);
        }

        return features;
    }

    private static int[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i % classes)];

    /// <summary>Seconds of a work, after it was done once: the least of several where it is short.</summary>
    private static double Seconds(Action work)
    {
        work();
        var clock = Stopwatch.StartNew();
        var least = double.PositiveInfinity;
        do
        {
            var begun = Stopwatch.GetTimestamp();
            work();
            least = Math.Min(least, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
        while (clock.Elapsed < Enough);
        return least;
    }
}
