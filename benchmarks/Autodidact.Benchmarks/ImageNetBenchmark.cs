using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Benchmarks;

/// <summary>
/// A run and an export of the preset <c>imagenet-resnet50</c>, end to end, by ranks that MPI joins: on made-up photos in ImageNet's layout,
/// with a few steps of small batches. Prints the seconds of each stage, and the memory of each rank in it.
/// <c>imagenet [--classes 1000] [--train 2] [--val 1] [--batch 16] [--steps 2] [--clusters 1000] [--ranks 2] [--library openmpi]
/// [--folder DIR] [--set NAME=VALUE]...</c>
/// </summary>
internal static partial class ImageNetBenchmark
{
    private const int PresetBatch = 4096;
    private const double PresetRate = 4.8;
    private const int PresetDistillBatch = 256;
    private const double PresetDistillRate = 0.1;
    private static readonly TimeSpan _longest = TimeSpan.FromHours(12);
    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(100);

    /// <summary>Writes the photos, runs, exports, and prints the table.</summary>
    /// <param name="args">See above.</param>
    public static int Run(string[] args)
    {
        string Value(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : otherwise;
        int Number(string name, int otherwise) => int.Parse(Value(name, $"{otherwise}"), CultureInfo.InvariantCulture);
        var folder = Directory.CreateDirectory(Value("--folder", Path.Combine(Path.GetTempPath(), "autodidact-imagenet"))).FullName;
        var (classes, train, evaluation) = (Number("--classes", 1000), Number("--train", 2), Number("--val", 1));
        var (batch, steps, ranks) = (Number("--batch", 16), Number("--steps", 2), Number("--ranks", 2));
        var library = Value("--library", RankLaunch.Libraries.FirstOrDefault() ?? "openmpi");
        var photos = Path.Combine(folder, FormattableString.Invariant($"photos-{classes}-{train}-{evaluation}"));
        Photos.Write(photos, classes, train, evaluation);
        var run = Path.Combine(folder, "run");
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);

        // The rates of the preset belong to its batches. One image in fifty is held out.
        var epochs = (double)steps / Trainer.StepsPerEpoch((int)(0.98 * classes * train), batch);
        string[] settings =
        [
            FormattableString.Invariant($"pretrain.batch_size={batch}"),
            FormattableString.Invariant($"pretrain.optimizer.learning_rate={PresetRate * batch / PresetBatch}"),
            FormattableString.Invariant($"pretrain.epochs={epochs}"),
            FormattableString.Invariant($"distill.batch_size={batch}"),
            FormattableString.Invariant($"distill.optimizer.learning_rate={PresetDistillRate * batch / PresetDistillBatch}"),
            FormattableString.Invariant($"distill.epochs={epochs}"),
            .. args.Zip(args.Skip(1)).Where(pair => pair.First == "--set").Select(pair => pair.Second),
        ];
        string[] command =
        [
            "run", photos, "--preset", "imagenet-resnet50", "--out", run, "--clusters", Value("--clusters", "1000"),
            .. settings.SelectMany(setting => (string[])["--set", setting]),
        ];
        var memory = new Memory();
        Follow(library, ranks, folder, command, memory);
        Follow(library, ranks, folder, ["export", run], memory);
        using var directory = RunDirectory.Open(run);
        Print(directory.Record!, memory, ranks);
        return 0;
    }

    private static void Follow(string library, int ranks, string folder, string[] command, Memory memory)
    {
        var cache = new Dictionary<string, string> { ["AUTODIDACT_CACHE"] = Path.Combine(folder, "cache") };
        using var processes = RankLaunch.StartRanks(library, ranks, folder, [RankLaunch.Autodidact, .. command], cache);
        var clock = Stopwatch.StartNew();
        var shown = 0;
        while (!processes.HasExited && clock.Elapsed < _longest)
        {
            Thread.Sleep(_every);

            // Progress goes to the standard error, results to the standard output.
            var text = processes.Error;
            Console.Out.Write(text[shown..]);
            shown = text.Length;
            if (StageLine().Matches(text) is { Count: > 0 } lines) memory.Sample(folder, lines[^1].Groups[1].Value);
        }

        Console.Out.Write(processes.Result());
    }

    private static void Print(RunRecord record, Memory memory, int ranks)
    {
        Console.WriteLine();
        var heads = Enumerable.Range(0, ranks).Select(rank => $" rank {rank}: most MB | at its end |");
        Console.WriteLine($"| stage | seconds |{string.Concat(heads)}");
        Console.WriteLine($"| --- | ---: |{string.Concat(Enumerable.Repeat(" ---: | ---: |", ranks))}");
        foreach (var stage in memory.Stages)
        {
            var seconds = record.Seconds.TryGetValue(stage, out var spent) ? spent.ToString("0", CultureInfo.InvariantCulture) : "";
            var cells = Enumerable.Range(0, ranks).Select(rank => memory.Of(stage, rank) is var (most, last)
                ? string.Create(CultureInfo.InvariantCulture, $" {most:0} | {last:0} |")
                : " | |");
            Console.WriteLine($"| {stage} | {seconds} |{string.Concat(cells)}");
        }
    }

    [GeneratedRegex(@"^\[[^\]]*\] (prepare|pretrain|cluster|distill|evaluate|export)\b", RegexOptions.Multiline)]
    private static partial Regex StageLine();

    /// <summary>
    /// Memory that belongs to the ranks alone, by stage: pages of mapped files do not count, since the system takes them back.
    /// </summary>
    private sealed class Memory
    {
        private readonly List<string> _stages = [];
        private readonly Dictionary<(string Stage, int Rank), (double Most, double Last)> _megabytes = [];

        public IReadOnlyList<string> Stages => _stages;

        public (double Most, double Last)? Of(string stage, int rank) =>
            _megabytes.TryGetValue((stage, rank), out var found) ? found : null;

        public void Sample(string folder, string stage)
        {
            if (!_stages.Contains(stage)) _stages.Add(stage);
            var ranks = Directory.EnumerateDirectories("/proc")
                .Where(home => int.TryParse(Path.GetFileName(home), out _) && IsRank(home, folder))
                .OrderBy(home => int.Parse(Path.GetFileName(home), CultureInfo.InvariantCulture));
            foreach (var (rank, home) in ranks.Index())
            {
                if (Read(home) is not { } now) continue;
                var before = _megabytes.GetValueOrDefault((stage, rank));
                _megabytes[(stage, rank)] = (Math.Max(before.Most, now), now);
            }
        }

        private static bool IsRank(string home, string folder) =>
            Text(Path.Combine(home, "cmdline")) is { } line
            && line.StartsWith("dotnet\0", StringComparison.Ordinal)
            && line.Contains(RankLaunch.Autodidact, StringComparison.Ordinal)
            && line.Contains(folder, StringComparison.Ordinal);

        private static double? Read(string home)
        {
            var lines = Text(Path.Combine(home, "status"))?.Split('\n') ?? [];
            double Kilobytes(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
                ? double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
                : 0;
            return Kilobytes("RssAnon:") is > 0 and var own ? (own + Kilobytes("RssShmem:")) / 1024 : null;
        }

        /// <summary>The text of a file of /proc; null where the process has ended.</summary>
        private static string? Text(string path)
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
