using System.Diagnostics;
using System.Globalization;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Native;
using Autodidact.Runs;
using Autodidact.Stages;
using Autodidact.Training;

namespace Autodidact.Benchmarks;

/// <summary>
/// Whole training steps, views included, by one thread, by libtorch's threads and by ranks, in turn: on free cores, and beside programs
/// that keep one or all of them busy. <c>ranks [ROUNDS] [--busy 0,1,2] [--of sssd]</c>
/// </summary>
internal static class RanksBenchmark
{
    private const string Spin = "--spin";
    private const int Batch = 256;
    private static readonly double[] _point = [0.9];

    private static readonly (string Name, bool Distills)[] _methods = [("simclr", false), ("emp-ssl", false), ("sssd", true)];

    /// <summary>Measures and prints a table of images a second.</summary>
    /// <param name="args">Rounds, and numbers of busy programs.</param>
    public static int Run(string[] args)
    {
        if (args is [Spin])
        {
            while (true)
            {
            }
        }

        var rounds = args.Length > 0 && int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : 5;
        var busy = Array.IndexOf(args, "--busy") is >= 0 and var at ? args[at + 1].Split(',').Select(int.Parse).ToArray() : [0, 1, 2];
        var wantedMethods = Array.IndexOf(args, "--of") is >= 0 and var of ? args[of + 1].Split(',') : [.. _methods.Select(m => m.Name)];
        var methods = _methods.Where(m => wantedMethods.Contains(m.Name)).ToArray();
        var cores = TorchThreads.Default;
        Console.WriteLine($"{cores} cores, batches of {Batch}, images a second: medians of {rounds} rounds in turn");
        Console.WriteLine($"| | method | precision | 1 thread | {cores} threads | {cores} ranks | ranks / threads |");
        Console.WriteLine("| --- | --- | --- | ---: | ---: | ---: | ---: |");
        foreach (var programs in busy)
        {
            var spinning = Enumerable.Range(0, programs).Select(_ => Start()).ToArray();
            try
            {
                foreach (var (method, distills) in methods)
                {
                    foreach (var precision in new[] { "single", "mixed" }) Row(programs, method, distills, precision, rounds, cores);
                }
            }
            finally
            {
                foreach (var program in spinning)
                {
                    program.Kill();
                    program.Dispose();
                }
            }
        }

        return 0;
    }

    private static void Row(int programs, string method, bool distills, string precision, int rounds, int cores)
    {
        var options = RunOptions.Resolve(new RunRequest
        {
            Set =
            [
                $"precision={precision}",
                "device=cpu",
                "pretrain.arch=resnet10-w32-cifar-pool",
                $"pretrain.batch_size={Batch}",
                $"distill.batch_size={Batch}",
                "pretrain.epochs=1",
                "distill.epochs=1",
                distills ? $"distill.method={method}" : $"pretrain.method={method}",
            ],
        });
        using var data = PackImages.Run(options, null, null, _ => { }, CancellationToken.None);
        (int Threads, int Ranks)[] ways = [(1, 1), (cores, 1), (cores, cores)];
        var speeds = ways.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++) speeds[way].Add(Speed(options, data, distills, ways[way]));
        }

        var medians = speeds.Select(s => s.Order().ElementAt(rounds / 2)).ToArray();
        var cells = string.Join(" | ", medians.Select(m => m.ToString("0", CultureInfo.InvariantCulture)));
        var ratio = (medians[2] / medians[1]).ToString("0.00", CultureInfo.InvariantCulture);
        Console.WriteLine($"| {programs} busy | {method} | {precision} | {cells} | {ratio} |");
    }

    private static double Speed(RunOptions options, PackedData data, bool distills, (int Threads, int Ranks) way)
    {
        TorchThreads.Set(way.Threads);
        var paths = new RunPaths(Path.GetTempPath());
        var encoder = new EncoderArtefact(paths, options.Pretrain, EncoderSetup.Input(options, data), way.Threads);
        using var team = TrainingTeam.Create(
            way.Ranks,
            () => distills ? StudentSetup.StandIn(options, data, encoder, 1_000) : EncoderSetup.Train(options, data, 1_000));
        var seconds = team.Run(
            new RankTask(paths.Root, Stage.Pretrain, RankWork.Time, 1_000),
            (ranks, setup) =>
            {
                using var trainer = new Trainer(setup.Objective, setup.Images, setup.Positions, setup.Options) { Ranks = ranks };
                return trainer.MeasureSecondsPerStep(_point, stepsEach: 5)[0];
            });
        return Batch / seconds;
    }

    private static Process Start()
    {
        string[] words = [typeof(RanksBenchmark).Assembly.Location, "ranks", Spin];
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, words))!;
    }
}
