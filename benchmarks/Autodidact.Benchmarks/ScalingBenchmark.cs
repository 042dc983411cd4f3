using System.Globalization;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Ranks;
using Autodidact.Ranks.Mpi;
using Autodidact.Stages;

namespace Autodidact.Benchmarks;

/// <summary>
/// Weak scaling: the SimCLR step of <see cref="StepBenchmark"/> by one rank with a batch, and by several ranks with as many images each;
/// beside the same step in PyTorch with DistributedDataParallel over Gloo. All in turn, medians. A rank has one thread of arithmetic.
/// <c>scaling [ROUNDS] [--ranks 2] [--batch 256] [--precision single] [--reference PYTHON]</c>
/// </summary>
/// <remarks>
/// Processes that never meet show what sharing the machine's memory and power costs by itself: no way of joining ranks can be better.
/// PyTorch's batch norm is that of each process, since its synchronised one runs on GPUs alone; ours is synchronised.
/// </remarks>
internal static class ScalingBenchmark
{
    private const string OneRank = "--rank";

    /// <summary>Measures and prints a table of images a second.</summary>
    /// <param name="args">See above.</param>
    public static int Run(string[] args)
    {
        if (args is [OneRank, var images, var format]) return Rank(Number(images), Enum.Parse<Precision>(format, ignoreCase: true));
        string Value(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : otherwise;
        var rounds = args.Length > 0 && int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : 5;
        var (ranks, batch, precision) = (Number(Value("--ranks", "2")), Value("--batch", "256"), Value("--precision", "single"));
        string[] step = ["scaling", OneRank, batch, precision];
        var ours = new Base(() => Alone(step, 1));
        var ways = new List<Way>
        {
            new("Autodidact, processes that never meet", ours, () => Alone(step, ranks)),
        };
        foreach (var library in RankLaunch.Libraries)
        {
            ways.Add(new Way($"Autodidact, {library}", ours, () => Rate(RankLaunch.StartRanks(library, ranks, step))));
        }

        if (Value("--reference", "") is { Length: > 0 } python)
        {
            double Peer(int processes) => Rate(RankLaunch.Start(
                python, Path.Combine(AppContext.BaseDirectory, "scaling_peer.py"), $"{processes}", batch));
            ways.Add(new Way("PyTorch, DistributedDataParallel over Gloo", new Base(() => Peer(1)), () => Peer(ranks)));
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var alone in ways.Select(way => way.Base).Distinct()) alone.Measure();
            foreach (var way in ways) way.Measure();
        }

        Console.WriteLine(
            $"{TorchThreads.Default} cores, {batch} images a rank, {precision} precision, images a second: "
            + $"medians of {rounds} rounds in turn");
        Console.WriteLine($"| | 1 rank | {ranks} ranks | efficiency |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var way in ways) Console.WriteLine(way.Row(ranks));
        return 0;
    }

    /// <summary>One rank of those that the benchmark starts: the first prints the images a second of all.</summary>
    private static int Rank(int batch, Precision precision)
    {
        TorchRuntime.Initialize();
        TorchThreads.Set(1);
        double Seconds(RankGroup ranks) => StepBenchmark.SecondsPerStep(ranks, batch, precision);
        using var link = MpiWorld.Join();
        var seconds = link is null ? Seconds(RankGroup.Single) : RankProcesses.Together(link, () => Seconds(new RankGroup(link)));
        if (link is null or { Rank: 0 }) Console.WriteLine((batch * (link?.Size ?? 1) / seconds).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static double Alone(string[] step, int processes)
    {
        var started = Enumerable.Range(0, processes).Select(_ => RankLaunch.StartAlone(step)).ToArray();
        return started.Sum(Rate);
    }

    private static double Rate(RankLaunch process)
    {
        using (process) return double.Parse(process.Result(), CultureInfo.InvariantCulture);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>One rank, and its images a second in each round.</summary>
    private sealed class Base(Func<double> one)
    {
        public List<double> Rates { get; } = [];

        public void Measure() => Rates.Add(one());
    }

    private sealed class Way(string name, Base alone, Func<double> several)
    {
        private readonly List<double> _rates = [];

        public Base Base => alone;

        public void Measure() => _rates.Add(several());

        public string Row(int ranks)
        {
            double Median(IEnumerable<double> values) => values.Order().ElementAt(_rates.Count / 2);
            var efficiency = Median(_rates.Zip(alone.Rates, (all, one) => all / (ranks * one)));
            return string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {Median(alone.Rates):0} | {Median(_rates):0} | {efficiency:0.00} |");
        }
    }
}
