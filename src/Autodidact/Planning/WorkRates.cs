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
    /// <summary>Rows that k-NN, probes and k-means are timed on.</summary>
    private const int Rows = 2048;

    /// <summary>Queries of k-NN: enough that what is done once for the training images counts for little, as in a run.</summary>
    private const int Queries = 1024;

    /// <summary>Multiply-accumulates of a timed forward pass: a fraction of a second.</summary>
    private const long ForwardMacs = 4_000_000_000;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.1);

    /// <summary>An image through the encoder.</summary>
    public double Encoder { get; init; }

    /// <summary>An image through the student, to all exits.</summary>
    public double Student { get; init; }

    /// <summary>k-NN of a query and a training image, by the numbers of the feature.</summary>
    public CostLine Neighbour { get; init; }

    /// <summary>An iteration of the linear probe over a training image, by the numbers of the feature.</summary>
    public CostLine Probe { get; init; }

    /// <summary>A pass of k-means over an image with the run's number of clusters, by the numbers of the feature.</summary>
    public CostLine Cluster { get; init; }

    /// <summary>The same with as many clusters as there are classes.</summary>
    public CostLine ClassCluster { get; init; }

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
            Cluster = ByColumns(rows => ClusterSeconds(rows, shape.Clusters, options.Cluster.Spherical)),
        };
        cancellationToken.ThrowIfCancellationRequested();
        if (shape.Classes == 0) return rates;
        var probes = Probes.Of(options);
        return rates with
        {
            ClassCluster = ByColumns(rows => ClusterSeconds(rows, shape.Classes, options.Cluster.Spherical)),
            Neighbour = ByColumns(rows => NeighbourSeconds(rows, shape.Classes, probes)),
            Probe = ByColumns(rows => ProbeSeconds(rows, shape.Classes, probes)),
        };
    }

    /// <summary>Measures with short and with long features, since a part of the work does not depend on their length.</summary>
    private static CostLine ByColumns(Func<FeatureMatrix, double> seconds)
    {
        const int Short = 64;
        const int Long = 768;
        using var few = Random(Rows, Short);
        using var many = Random(Rows, Long);
        return CostLine.Through((Short, seconds(few)), (Long, seconds(many)));
    }

    private static double NeighbourSeconds(FeatureMatrix bank, int classes, ProbeOptions probes)
    {
        using var queries = Random(Queries, bank.Columns);
        var (bankLabels, queryLabels) = (Labels(Rows, classes), Labels(Queries, classes));
        return Seconds(() => WeightedKnn.Accuracy(bank, bankLabels, queries, queryLabels, probes.Knn)) / ((double)Rows * Queries);
    }

    private static double ProbeSeconds(FeatureMatrix bank, int classes, ProbeOptions probes)
    {
        using var queries = Random(Queries, bank.Columns);
        var (bankLabels, queryLabels) = (Labels(Rows, classes), Labels(Queries, classes));

        // Two numbers of iterations, since setting up and scoring are no iterations.
        var (few, many) = (2, 12);
        return Math.Max(0, Seconds(() => Fit(many)) - Seconds(() => Fit(few))) / ((many - few) * (double)Rows);

        void Fit(int iterations) => LinearProbe.Fit(
            bank, bankLabels, queries, queryLabels, probes.Linear with { MaxIterations = iterations, LossTolerance = double.Epsilon });
    }

    private static double ClusterSeconds(FeatureMatrix rows, int clusters, bool spherical)
    {
        // Choosing the first centroids is spread over the passes.
        const int Passes = 5;
        var most = Rows / 8;
        var seconds = Seconds(() => KMeans.Fit(rows, new KMeansOptions
        {
            Clusters = Math.Min(clusters, most),
            Spherical = spherical,
            MaxIterations = Passes,
            Tolerance = 0,
            Prune = false,
        }).Dispose());
        return seconds / (Passes * (double)Rows) * Math.Max(1, (double)clusters / most);
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
                    return Seconds(() => graph.TrainFeatures(some, options.Evaluate.BatchSize, CancellationToken.None).Dispose())
                        / some.Count;
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
