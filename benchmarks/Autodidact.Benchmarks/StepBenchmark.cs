using System.Diagnostics;
using System.Globalization;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Ranks;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Benchmarks;

/// <summary>
/// The SimCLR training step of ResNet-10, width 32, cifar-pool, batch 256, two 32 px views, through the real trainer: views a second, and
/// the fraction of the same machine's matrix-product rate; beside the same step in PyTorch where one is given. In turn, medians. With names
/// of networks in place of that, their steps in single and mixed precision.
/// </summary>
internal static class StepBenchmark
{
    private const int Batch = 256;
    private const int Side = 32;
    private const int Rounds = 5;
    private const int StepsEach = 3;
    private const string Arch = "resnet10-w32-cifar-pool";

    // Forward, gradient of the input, gradient of the weights.
    private const double PassesOfAStep = 3;

    public static int Run(string[] args)
    {
        TorchRuntime.Initialize();
        using var threads = TorchThreads.Own(TorchThreads.Set());
        return args.Length > 0 && args[0] != "--reference" ? Compare(args) : AlongsideThePeer(args);
    }

    private static int AlongsideThePeer(string[] args)
    {
        var reference = args.Length > 1 && args[0] == "--reference" ? args[1] : null;
        var images = Images(2 * Batch);
        var macs = ModelCost.Of(Architecture.Parse(Arch).Create(1), Side).Macs;
        var steps = new List<double>();
        var products = new List<double>();
        var peers = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            products.Add(MatrixProductRate());
            steps.Add(SecondsPerStep(images, Arch, Side, Precision.Single));
            if (reference is not null)
            {
                peers.Add(PeerViewsPerSecond(reference));
            }
        }

        var seconds = Median(steps);
        var views = 2 * Batch / seconds;
        var rate = 2.0 * macs * PassesOfAStep * views;
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{Arch}: {macs / 1e6:0.0} M MACs, {torch.get_num_threads()} threads"));
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"step {seconds:0.000} s, {views:0} views/s, {rate / 1e9:0.0} GFLOP/s"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"2048x2048 matrix product {Median(products) / 1e9:0.0} GFLOP/s: the step runs at {rate / Median(products):0.00} of it"));
        if (peers.Count > 0)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"PyTorch, same step, channels-last: {Median(peers):0} views/s: {views / Median(peers):0.00} times as fast here"));
        }

        return 0;
    }

    /// <summary>
    /// Every network at two sides of the views, the second that of the start of a progressive training, and in both precisions; relative to
    /// the first of all.
    /// </summary>
    private static int Compare(string[] names)
    {
        const int SmallSide = 20;
        var images = Images(2 * Batch);
        var cases = names
            .SelectMany(_ => (int[])[Side, SmallSide], (name, side) => (name, side))
            .SelectMany(_ => (Precision[])[Precision.Single, Precision.Mixed], (c, precision) => (c.name, c.side, precision))
            .ToList();
        var seconds = cases.ToDictionary(c => c, _ => new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, side, precision) in cases)
                seconds[(name, side, precision)].Add(SecondsPerStep(images, name, side, precision));
        }

        Console.WriteLine($"{torch.get_num_threads()} threads");
        foreach (var (name, side, precision) in cases)
        {
            var cost = ModelCost.Of(Architecture.Parse(name).Create(1), side);
            var step = Median(seconds[(name, side, precision)]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-32} {side} px {precision,-6} {cost.Parameters / 1e3,6:0}k {cost.Macs / 1e6,6:0.0} M MACs {2 * Batch / step,6:0} "
                + $"views/s {2.0 * cost.Macs * PassesOfAStep * 2 * Batch / step / 1e9,5:0} GFLOP/s "
                + $"{Median(seconds[cases[0]]) / step,5:0.00}"));
        }

        return 0;
    }

    /// <summary>Seconds of the step as one of several ranks, which all call this, with a number of images each.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="batch">Images of each rank.</param>
    /// <param name="precision">Arithmetic of the network.</param>
    public static double SecondsPerStep(RankGroup ranks, int batch, Precision precision) =>
        SecondsPerStep(Images(2 * batch * ranks.Size), Arch, Side, precision, batch * ranks.Size, ranks, 2 * StepsEach);

    private static double SecondsPerStep(IImageSet images, string architecture, int side, Precision precision) =>
        SecondsPerStep(images, architecture, side, precision, Batch, RankGroup.Single, StepsEach);

    private static double SecondsPerStep(
        IImageSet images, string architecture, int side, Precision precision, int batch, RankGroup ranks, int steps)
    {
        var encoder = Architecture.Parse(architecture).Create(1);
        encoder.Precision = precision;
        using var objective = new SimClr(
            new EncoderTraining(encoder, _ => ViewSpec.SimClr(side, PixelNormalization.Cifar10), images.Count, Seed: 1),
            new SimClrOptions());
        using var trainer = new Trainer(objective, images, [.. Enumerable.Range(0, images.Count)], new TrainerOptions
        {
            BatchSize = batch,
            Steps = steps,
            Optimizer = new OptimizerOptions(),
            Seed = 1,
        })
        {
            Ranks = ranks,
        };
        return trainer.MeasureSecondsPerStep([0], steps)[0];
    }

    private static double MatrixProductRate()
    {
        const int Size = 2048;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var a = ones(Size, Size);
        var b = ones(Size, Size);
        var times = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = mm(a, b);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / Median(times);
    }

    private static double PeerViewsPerSecond(string python)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "step_peer.py");
        using var process = Process.Start(
            new ProcessStartInfo(python, [script, $"{torch.get_num_threads()}"]) { RedirectStandardOutput = true })!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    private static InMemoryImages Images(int count)
    {
        var random = new CounterRandom(1);
        var pixels = new byte[count * Side * Side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextUInt32();
        }

        return new InMemoryImages(pixels, Side, Side);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
