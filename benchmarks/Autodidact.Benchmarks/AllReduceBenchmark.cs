using System.Diagnostics;
using System.Globalization;
using Autodidact.Ranks;
using Autodidact.Ranks.Mpi;

namespace Autodidact.Benchmarks;

/// <summary>
/// Sums of float32 over ranks by themselves: ranks that are threads, and processes joined by each MPI library. Prints the median time of
/// each size, and the latency and bandwidth of the line that fits them best. <c>all-reduce [--ranks 2]</c>
/// </summary>
internal static class AllReduceBenchmark
{
    private const string OneRank = "--rank";
    private const int Samples = 9;
    private const double SecondsOfASample = 0.05;
    private static readonly int[] _bytes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>Measures and prints a table.</summary>
    /// <param name="args">See above.</param>
    public static int Run(string[] args)
    {
        if (args is [OneRank])
        {
            using var link = MpiWorld.Join() ?? throw new InvalidOperationException("a launcher of MPI starts this");
            var own = Measure(link);
            if (link.Rank == 0) Console.WriteLine(string.Join(' ', own.Select(s => s.ToString("R", CultureInfo.InvariantCulture))));
            return 0;
        }

        var ranks = Array.IndexOf(args, "--ranks") is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 2;
        var ways = new List<(string Name, double[] Seconds)> { ("threads", OfThreads(ranks)) };
        foreach (var library in RankLaunch.Libraries)
        {
            using var processes = RankLaunch.StartRanks(library, ranks, "all-reduce", OneRank);
            var words = processes.Result().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            ways.Add((library, [.. words.Select(word => double.Parse(word, CultureInfo.InvariantCulture))]));
        }

        Console.WriteLine($"sums of float32 over {ranks} ranks, milliseconds a sum: medians of {Samples}");
        Console.WriteLine($"| bytes | {string.Join(" | ", ways.Select(w => w.Name))} |");
        Console.WriteLine($"| ---: |{string.Concat(Enumerable.Repeat(" ---: |", ways.Count))}");
        for (var size = 0; size < _bytes.Length; size++)
        {
            var cells = ways.Select(w => (1e3 * w.Seconds[size]).ToString("0.000", CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {_bytes[size]:N0} | {string.Join(" | ", cells)} |"));
        }

        foreach (var (name, seconds) in ways)
        {
            var (latency, perByte) = Fit(seconds);
            var worst = _bytes.Zip(seconds, (n, s) => Math.Abs(((latency + (n * perByte)) / s) - 1)).Max();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: latency {1e6 * latency:0} us, {1e-9 / perByte:0.00} GB of values a second; at most {worst:0 %} off"));
        }

        return 0;
    }

    private static double[] OfThreads(int ranks)
    {
        var shared = new ThreadLink.Group(ranks);
        var seconds = new double[ranks][];
        var threads = Enumerable.Range(0, ranks).Select(rank => new Thread(() =>
        {
            using var link = new ThreadLink(rank, shared);
            seconds[rank] = Measure(link);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return seconds[0];
    }

    /// <summary>
    /// Median seconds of a sum at each size; every rank calls this. Sums follow one another without a pause, since where they are timed one
    /// by one, the rank that comes last does not wait.
    /// </summary>
    private static double[] Measure(IRankLink link)
    {
        const int MostCalls = 1_000;
        Span<byte> calls = stackalloc byte[sizeof(int)];
        var medians = new double[_bytes.Length];
        for (var size = 0; size < medians.Length; size++)
        {
            var values = new float[_bytes[size] / sizeof(float)];
            Seconds(link, values, 1);
            BitConverter.TryWriteBytes(calls, (int)Math.Clamp(SecondsOfASample / Seconds(link, values, 3), 1, MostCalls));
            link.Broadcast(calls, 0);
            var times = new double[Samples];
            for (var i = 0; i < Samples; i++) times[i] = Seconds(link, values, BitConverter.ToInt32(calls));
            medians[size] = times.Order().ElementAt(Samples / 2);
        }

        return medians;
    }

    private static double Seconds(IRankLink link, float[] values, int calls)
    {
        link.Meet();
        var clock = Stopwatch.StartNew();
        for (var call = 0; call < calls; call++) link.Sum(values);
        return clock.Elapsed.TotalSeconds / calls;
    }

    /// <summary>Seconds as latency and seconds a byte, by least squares of relative deviations, so that small sizes count too.</summary>
    private static (double Latency, double PerByte) Fit(double[] seconds)
    {
        double aa = 0, ab = 0, bb = 0, a = 0, b = 0;
        for (var i = 0; i < seconds.Length; i++)
        {
            var (u, v) = (1 / seconds[i], _bytes[i] / seconds[i]);
            (aa, ab, bb, a, b) = (aa + (u * u), ab + (u * v), bb + (v * v), a + u, b + v);
        }

        var determinant = (aa * bb) - (ab * ab);
        return (((a * bb) - (b * ab)) / determinant, ((b * aa) - (a * ab)) / determinant);
    }
}
