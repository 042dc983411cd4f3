using System.Diagnostics;
using System.Globalization;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Search;
using Autodidact.Tests;

namespace Autodidact.Benchmarks;

/// <summary>
/// Searching an index on disk: every row, and with an inverted file by the number of lists that are looked into.
/// It prints queries a second, one at a time and 64 together, and recall@10, the share of the ten most similar rows that is found.
/// <c>search [--rows 100000,1000000] [--columns 128] [--kinds groups,none] [--queries 256] [--threads 0] [--folder DIR]</c>
/// <see cref="SearchRows"/> makes the rows up.
/// </summary>
public static class SearchBenchmark
{
    private const int Hits = 10;
    private const int Together = 64;

    /// <summary>Prints a table for each number of rows.</summary>
    public static int Run(string[] args)
    {
        string Value(string name, string otherwise) =>
            Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
        int Number(string name, int otherwise) =>
            int.Parse(Value(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var parent = Value("--folder", Path.GetTempPath());
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"autodidact-search-{Environment.ProcessId}")).FullName;
        try
        {
            foreach (var rows in Value("--rows", "100000,1000000").Split(',').Select(r => int.Parse(r, CultureInfo.InvariantCulture)))
            {
                foreach (var kind in Value("--kinds", "groups,none").Split(','))
                {
                    var path = Path.Combine(folder, $"{rows}.npy");
                    var groups = SearchRows.Groups(kind, rows);
                    Measure(path, rows, Number("--columns", 128), groups, Number("--queries", 256), Number("--threads", 0));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Measure(string path, int rows, int columns, int groups, int count, int threads)
    {
        var clock = Stopwatch.StartNew();
        SearchRows.Write(path, rows, columns, groups);
        var written = clock.Elapsed.TotalSeconds;
        clock.Restart();
        InvertedFileBuilder.Build(path, new InvertedFileOptions { Threads = threads });
        var built = clock.Elapsed.TotalSeconds;
        clock.Restart();
        using var index = EmbeddingIndex.Open(path);
        var lists = index.InvertedFile!.Lists;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{rows:N0} rows x {columns}, {groups:N0} groups: written in {written:0.0} s, inverted file of {lists:N0} lists built in "
            + $"{built:0.0} s, opened in {clock.Elapsed.TotalMilliseconds:0} ms; {count} queries"));
        Console.WriteLine("search            1 at a time/s   64 together/s   recall@10");
        using var queries = SearchRows.Queries(count, columns, groups);
        var exact = index.SearchBatch(queries, Hits, SearchOptions.Exact with { Threads = threads });
        Row(index, queries, exact, "every row", SearchOptions.Exact with { Threads = threads });
        var settings = new[] { 1, 4, 16, 64, 256 }.Append(index.InvertedFile.DefaultProbes).Where(p => p < lists).Distinct().Order();
        foreach (var probes in settings)
        {
            var isDefault = probes == index.InvertedFile.DefaultProbes;
            var name = string.Create(CultureInfo.InvariantCulture, $"{probes} lists{(isDefault ? " (default)" : "")}");
            Row(index, queries, exact, name, new SearchOptions { Probes = probes, Threads = threads });
        }
    }

    private static void Row(
        EmbeddingIndex index, FeatureMatrix queries, IReadOnlyList<IReadOnlyList<SearchHit>> exact, string name, SearchOptions options)
    {
        var found = index.SearchBatch(queries, Hits, options);
        var alone = Rate(queries.Rows, 1, i => index.Search(queries[i], Hits, options));
        var together = Rate(queries.Rows, Together, i =>
        {
            using var some = queries.Select([.. Enumerable.Range(i, Together)]);
            index.SearchBatch(some, Hits, options);
        });

        var hits = exact.Zip(found, (a, b) => a.Select(h => h.Row).Intersect(b.Select(h => h.Row)).Count()).Sum();
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-18} {alone,13:0.0} {together,15:0.0} {hits / (double)(Hits * exact.Count),11:0.000}"));
    }

    /// <summary>Queries a second, over all of them or as many as two seconds take.</summary>
    private static double Rate(int queries, int step, Action<int> search)
    {
        var clock = Stopwatch.StartNew();
        var done = 0;
        while (done + step <= queries && (done == 0 || clock.Elapsed.TotalSeconds < 2))
        {
            search(done);
            done += step;
        }

        return done / clock.Elapsed.TotalSeconds;
    }
}
