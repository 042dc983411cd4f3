using System.Diagnostics;
using System.Globalization;
using Autodidact.Clustering;
using Autodidact.Numerics;
using Autodidact.Serialization;
using Autodidact.Tests;

namespace Autodidact.Benchmarks;

/// <summary>
/// k-means, beside FAISS and scikit-learn where <c>--reference</c> names a Python that has them: same rows, same initial centroids, same
/// number of iterations and threads, in turn, round by round. <c>kmeans [--rounds 3] [--rows 50000] [--columns 256] [--clusters 100,1000]
/// [--iterations 20] [--threads 2] [--features FILE.npy] [--reference PYTHON]</c>
/// </summary>
public static class KMeansBenchmark
{
    private const int Components = 2000;

    /// <summary>Prints a table of seconds, processor seconds and inertia.</summary>
    public static int Run(string[] args)
    {
        string Option(string name, string otherwise) =>
            Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
        int Number(string name, int otherwise) =>
            int.Parse(Option(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var (rounds, iterations, threads) = (Number("--rounds", 3), Number("--iterations", 20), Number("--threads", 2));
        var python = Option("--reference", "");
        var folder = Directory.CreateTempSubdirectory("kmeans-benchmark").FullName;
        try
        {
            var sets = new Dictionary<string, Func<FeatureMatrix>>
            {
                ["mixture"] = () => Mixture(Number("--rows", 50_000), Number("--columns", 256), noise: false),
                ["noise"] = () => Mixture(Number("--rows", 50_000), Number("--columns", 256), noise: true),
            };
            if (Option("--features", "") is { Length: > 0 } file)
                sets = new() { [Path.GetFileName(file)] = () => NpyFile.ReadMatrix(file) };
            Console.WriteLine($"k-means, {iterations} iterations, {threads} threads; medians of {rounds} rounds in turn");
            Console.WriteLine("data         k      engine                      seconds   cpu seconds   inertia");
            foreach (var (name, make) in sets)
            {
                using var rows = make();
                var path = Path.Combine(folder, "rows.npy");
                NpyFile.Write(path, rows);
                foreach (var k in Option("--clusters", "100,1000").Split(',').Select(int.Parse))
                    Compare(name, rows, path, k, iterations, threads, rounds, python, folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Compare(
        string name, FeatureMatrix rows, string path, int k, int iterations, int threads, int rounds, string python, string folder)
    {
        using var initial = rows.Select([.. Enumerable.Range(0, k).Select(j => (int)((long)j * rows.Rows / k))]);
        var start = Path.Combine(folder, "initial.npy");
        NpyFile.Write(start, initial);
        var engines = new Dictionary<string, Func<(double Seconds, double Processor, double Inertia)>>
        {
            ["autodidact"] = () => Ours(rows, initial, iterations, threads, prune: true),
            ["autodidact, no pruning"] = () => Ours(rows, initial, iterations, threads, prune: false),
        };
        if (python.Length > 0)
        {
            foreach (var (label, engine) in new[] { ("scikit-learn lloyd", "lloyd"), ("scikit-learn elkan", "elkan"), ("FAISS", "faiss") })
                engines[label] = () => Peer(python, engine, path, start, iterations, threads);
        }

        // The first fit of a process also compiles the code.
        Ours(rows, initial, 2, threads, prune: true);
        var measured = engines.Keys.ToDictionary(e => e, _ => new List<(double Seconds, double Processor, double Inertia)>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (engine, run) in engines)
                measured[engine].Add(run());
        }

        foreach (var (engine, runs) in measured)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-12} {k,-6} {engine,-26} {Median(runs.Select(r => r.Seconds)),8:F2} "
                + $"{Median(runs.Select(r => r.Processor)),13:F2}   {runs[0].Inertia:E6}"));
        }
    }

    private static (double Seconds, double Processor, double Inertia) Ours(
        FeatureMatrix rows, FeatureMatrix initial, int iterations, int threads, bool prune)
    {
        var options = new KMeansOptions
        {
            Clusters = initial.Rows,
            MaxIterations = iterations,
            Tolerance = 0,
            Threads = threads,
            MiniBatchAbove = int.MaxValue,
            Prune = prune,
        };
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using var result = KMeans.Fit(rows, initial, options);
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        return (seconds, (process.TotalProcessorTime - processor).TotalSeconds, result.Inertia);
    }

    private static (double Seconds, double Processor, double Inertia) Peer(
        string python, string engine, string rows, string initial, int iterations, int threads)
    {
        var script = Path.Combine(Repository(), "tools", "reference", "kmeans_peers.py");
        using var process = Process.Start(new ProcessStartInfo(python, [script, engine, rows, initial, $"{iterations}", $"{threads}"])
        {
            RedirectStandardOutput = true,
        })!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} {engine} failed: it needs python3-faiss and python3-sklearn");
        var line = answer.Trim().Split('\n')[^1];
        var values = line.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
        return (values[0], values[1], values[2]);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Autodidact.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("run the benchmark from a build inside the repository");
    }

    /// <summary>
    /// Pure noise (the worst case of pruning), or like an encoder's features: 2,000 groups of rows, and a variance that falls from column
    /// to column.
    /// </summary>
    private static FeatureMatrix Mixture(int count, int columns, bool noise)
    {
        var result = new FeatureMatrix(count, columns);
        using var centres = new FeatureMatrix(Components, columns);
        var scale = Enumerable.Range(0, columns).Select(j => noise ? 1f : 1 / MathF.Sqrt(1 + (j / 8f))).ToArray();
        for (var i = 0; i < Components; i++)
            Fill(centres[i], new CounterRandom(1, (uint)i), scale, 1);
        Parallel.For(0, count, i =>
        {
            var random = new CounterRandom(2, (uint)i);
            Fill(result[i], random, scale, noise ? 1 : 0.6f);
            if (!noise)
            {
                var centre = centres[new CounterRandom(3, (uint)i).NextInt32(Components)];
                for (var j = 0; j < columns; j++)
                    result[i][j] += centre[j];
            }
        });
        return result;
    }

    private static void Fill(Span<float> row, CounterRandom random, float[] scale, float deviation)
    {
        for (var j = 0; j < row.Length; j++)
            row[j] = (float)random.NextGaussian() * scale[j] * deviation;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
