using System.Diagnostics;
using System.Globalization;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Search;
using Autodidact.Serialization;
using Cloud.Unum.USearch;

namespace Autodidact.Benchmarks;

/// <summary>
/// Our inverted file beside USearch's graph, over the same rows and queries, with the same threads, in turn, round by round, in one run.
/// <c>search-peer [--rows 1000000] [--columns 128] [--kinds groups,none] [--graphs 16:128:Float32,16:128:BFloat16] [--threads 1,2]
/// [--queries 256] [--rounds 5] [--twice] [--folder DIR]</c>; a graph is connectivity, expansion of adding, and the numbers it stores.
/// <c>--twice</c> builds each once more and says for how many queries the hits stay.
/// <para>
/// The rule by which one of them stays was written before the first measurement. USearch takes the place of the inverted file if all of
/// this holds:
/// </para>
/// <list type="number">
/// <item>
/// Speed: with groups and without, with one thread and with two, it answers at least twice as many queries a second as the inverted file,
/// each at its fastest setting that reaches a recall@10 of 0.95.
/// </item>
/// <item>
/// Cost: it builds in at most ten times the time (seconds become minutes at a million rows), and needs no more memory for it than twice
/// the matrix.
/// </item>
/// <item>Safety: no index file, damaged or made to harm, ends the process or takes unbounded memory (<c>search-hostile</c>).</item>
/// <item>Reach: it loads on linux-x64, linux-arm64, osx-arm64 and win-x64, which our packages serve, with nothing else to install.</item>
/// <item>Repeatability: two builds from the same rows give the same hits, whatever the number of threads.</item>
/// </list>
/// <para>
/// Rates are given by the clock and by the processor: queries in a second of processor time do not depend on what else the machine does.
/// </para>
/// </summary>
public static class SearchPeerBenchmark
{
    private const int Hits = 10;
    private const int Together = 64;
    private static readonly int[] _probes = [1, 4, 16, 64, 125, 256, 512];
    private static readonly int[] _expansions = [16, 32, 64, 128, 256, 512, 1024];

    /// <summary>Prints a table for each kind of rows.</summary>
    public static int Run(string[] args)
    {
        string Value(string name, string otherwise) =>
            Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
        int Number(string name, int otherwise) =>
            int.Parse(Value(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var graphs = Value("--graphs", "16:128:Float32,16:128:BFloat16").Split(',').Select(Graph.Parse).ToArray();
        var threads = Value("--threads", "1,2").Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        var parent = Value("--folder", Path.GetTempPath());
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"autodidact-search-{Environment.ProcessId}")).FullName;
        Console.WriteLine($"USearch {USearchCapabilities.Version()}, {USearchCapabilities.HardwareAccelerationAvailable()}");
        try
        {
            foreach (var kind in Value("--kinds", "groups,none").Split(','))
            {
                var (rows, columns) = (Number("--rows", 1_000_000), Number("--columns", 128));
                var groups = SearchRows.Groups(kind, rows);
                var path = Path.Combine(folder, $"{kind}.npy");
                SearchRows.Write(path, rows, columns, groups);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{rows:N0} rows x {columns}, {groups:N0} groups"));
                using var queries = SearchRows.Queries(Number("--queries", 256), columns, groups);
                Compare(path, queries, graphs, threads, Number("--rounds", 5));
                if (args.Contains("--twice"))
                {
                    BuildAgain(path, queries, graphs, threads.Max());
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Compare(string path, FeatureMatrix queries, Graph[] graphs, int[] threads, int rounds)
    {
        Console.WriteLine("build                             threads   seconds   processor s   private MiB   file MiB");
        using (var matrix = NpyFile.MapMatrix(path))
        {
            var lists = EmbeddingIndex.InvertedFilePath(path);
            foreach (var count in threads.Order())
            {
                var options = new InvertedFileOptions { Threads = count };
                Build("inverted file", lists, count, () => InvertedFileBuilder.Build(matrix, lists, options));
            }

            foreach (var graph in graphs)
            {
                var file = graph.File(path);
                var count = threads.Max();
                Build(graph.Name, file, count, () => graph.Build(matrix, file, count));
            }
        }

        using var index = EmbeddingIndex.Open(path);
        var exact = index.SearchBatch(queries, Hits, SearchOptions.Exact);
        var contestants = new List<Contestant>();
        foreach (var probes in _probes.Where(p => p < index.InvertedFile!.Lists))
        {
            contestants.Add(new(
                $"inverted file, {probes} lists",
                (i, count) => index.Search(queries[i], Hits, new SearchOptions { Probes = probes, Threads = count }),
                (first, count) =>
                {
                    using var some = queries.Select([.. Enumerable.Range(first, Together)]);
                    return index.SearchBatch(some, Hits, new SearchOptions { Probes = probes, Threads = count });
                }));
        }

        var opened = graphs.Select(g => (Graph: g, Peer: USearchPeer.Open(g.File(path), threads.Max()))).ToArray();
        foreach (var (graph, peer) in opened)
        {
            foreach (var expansion in _expansions)
            {
                contestants.Add(new(
                    $"{graph.Name}, expansion {expansion}",
                    (i, _) => peer.Search(queries[i], Hits, index),
                    (first, count) => peer.SearchBatch(queries, first, Together, Hits, index, count),
                    () => peer.Expand(expansion)));
            }
        }

        foreach (var count in threads)
        {
            for (var round = 0; round < rounds; round++)
            {
                contestants.ForEach(c => c.Measure(queries.Rows, count));
            }
        }

        Console.WriteLine(
            "\nsearch                                  recall@10   threads    1 at a time/s   /processor s   64 together/s   /processor s");
        foreach (var count in threads)
        {
            foreach (var contestant in contestants)
            {
                Console.WriteLine(contestant.Line(exact, queries.Rows, count));
            }
        }

        foreach (var (_, peer) in opened)
        {
            peer.Dispose();
        }
    }

    private static void Build(string name, string file, int threads, Action build)
    {
        GC.Collect();
        var (before, most) = (PrivateBytes(), 0L);
        using (new Timer(_ => most = Math.Max(most, PrivateBytes()), null, 0, 20))
        {
            var (clock, processor) = (Stopwatch.StartNew(), Processor());
            build();
            var (seconds, spent) = (clock.Elapsed.TotalSeconds, Processor() - processor);
            var (room, size) = ((most - before) >> 20, new FileInfo(file).Length >> 20);
            Console.WriteLine(FormattableString.Invariant(
                $"{name,-33} {threads,7} {seconds,9:0.0} {spent,13:0.0} {room,13:N0} {size,10:N0}"));
        }
    }

    /// <summary>Builds each index of a matrix again: an index that is not the same finds other rows.</summary>
    private static void BuildAgain(string path, FeatureMatrix queries, Graph[] graphs, int threads)
    {
        const int Probes = 16;
        const int Expansion = 64;
        using var matrix = NpyFile.MapMatrix(path);
        SearchHit[][] Ours()
        {
            InvertedFileBuilder.Build(path, new InvertedFileOptions { Threads = threads });
            using var index = EmbeddingIndex.Open(path);
            return [.. index.SearchBatch(queries, Hits, new SearchOptions { Probes = Probes }).Select(hits => hits.ToArray())];
        }

        SearchHit[][] Theirs(Graph graph)
        {
            var file = graph.File(path);
            graph.Build(matrix, file, threads);
            using var index = EmbeddingIndex.Open(path);
            using var peer = USearchPeer.Open(file, threads);
            peer.Expand(Expansion);
            return peer.SearchBatch(queries, 0, queries.Rows, Hits, index, threads);
        }

        void Compare(string name, Func<SearchHit[][]> build)
        {
            var same = build().Zip(build(), (a, b) => a.SequenceEqual(b)).Count(equal => equal);
            Console.WriteLine($"{name}, built twice: the same hits for {same} of {queries.Rows} queries");
        }

        Compare("inverted file", Ours);
        foreach (var graph in graphs)
        {
            Compare(graph.Name, () => Theirs(graph));
        }
    }

    private static double Processor() => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Memory that belongs to the process alone: no pages of mapped files.</summary>
    private static long PrivateBytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private sealed record Graph(int Connectivity, int Expansion, ScalarKind Kind)
    {
        public string Name => string.Create(CultureInfo.InvariantCulture, $"USearch {Connectivity}:{Expansion}:{Kind}");

        public static Graph Parse(string text) => text.Split(':') is [var connectivity, var expansion, var kind]
            ? new Graph(Number(connectivity), Number(expansion), Enum.Parse<ScalarKind>(kind))
            : throw new FormatException($"{text}: expected CONNECTIVITY:EXPANSION:KIND");

        public string File(string matrix) =>
            string.Create(CultureInfo.InvariantCulture, $"{matrix}.{Connectivity}-{Expansion}-{Kind}.usearch");

        public void Build(MappedMatrix matrix, string file, int threads) =>
            USearchPeer.Build(matrix, file, Connectivity, Expansion, threads, Kind);

        private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>One way of searching, and its rates in each round.</summary>
    private sealed class Contestant(
        string name,
        Func<int, int, IReadOnlyList<SearchHit>> one,
        Func<int, int, IReadOnlyList<IReadOnlyList<SearchHit>>> together,
        Action? prepare = null)
    {
        private const double SecondsOfARound = 0.4;
        private readonly List<(int Threads, Rate Alone, Rate Together)> _rates = [];

        public void Measure(int queries, int threads)
        {
            prepare?.Invoke();
            _rates.Add((threads, Of(queries, 1, i => one(i, threads)), Of(queries, Together, i => together(i, threads))));
        }

        public string Line(IReadOnlyList<IReadOnlyList<SearchHit>> exact, int queries, int threads)
        {
            prepare?.Invoke();
            var found = Enumerable.Range(0, queries)
                .Sum(i => exact[i].Select(h => h.Row).Intersect(one(i, threads).Select(h => h.Row)).Count());
            var rates = _rates.Where(r => r.Threads == threads).ToArray();
            double Median(Func<(int Threads, Rate Alone, Rate Together), double> of) =>
                rates.Select(of).Order().ElementAt(rates.Length / 2);
            var recall = found / (double)(Hits * queries);
            var (alone, together) = (Median(r => r.Alone.Clock), Median(r => r.Together.Clock));
            var (aloneProcessor, togetherProcessor) = (Median(r => r.Alone.Processor), Median(r => r.Together.Processor));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-39} {recall,9:0.000} {threads,9}   {alone,14:0} {aloneProcessor,14:0} {together,15:0} {togetherProcessor,14:0}");
        }

        private static Rate Of(int queries, int step, Action<int> search)
        {
            search(0);
            var (clock, processor, done) = (Stopwatch.StartNew(), Processor(), 0);
            do
            {
                search(done % (queries / step * step));
                done += step;
            }
            while (Processor() - processor < SecondsOfARound);
            return new Rate(done / clock.Elapsed.TotalSeconds, done / (Processor() - processor));
        }
    }

    private sealed record Rate(double Clock, double Processor);
}
