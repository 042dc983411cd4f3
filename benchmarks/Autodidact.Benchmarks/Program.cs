using Autodidact.Benchmarks;

var benchmarks = new Dictionary<string, Func<string[], int>>
{
    ["all-reduce"] = AllReduceBenchmark.Run,
    ["exits"] = ExitsBenchmark.Run,
    ["fuzz"] = FuzzBenchmark.Run,
    ["imagenet"] = ImageNetBenchmark.Run,
    ["kills"] = KillBenchmark.Run,
    ["kmeans"] = KMeansBenchmark.Run,
    ["ranks"] = RanksBenchmark.Run,
    ["scaling"] = ScalingBenchmark.Run,
    ["search"] = SearchBenchmark.Run,
    ["search-peer"] = SearchPeerBenchmark.Run,
    ["search-hostile"] = HostileIndexBenchmark.Run,
    ["soak"] = SoakBenchmark.Run,
    ["start"] = StartBenchmark.Run,
    ["step"] = StepBenchmark.Run,
    ["views"] = ViewsBenchmark.Run,
};

if (args.Length > 0 && benchmarks.TryGetValue(args[0], out var run))
    return run(args[1..]);

Console.Error.WriteLine($"usage: benchmarks ({string.Join(" | ", benchmarks.Keys)}) [options]");
return 2;
