using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Autodidact.Inference;
using Autodidact.Numerics;

namespace Autodidact.Benchmarks;

/// <summary>
/// Trains, kills, resumes, exports, embeds, searches and predicts in a loop for hours. Every cycle must give what the first one gave; this
/// process, which keeps a model and an index open all the while and opens others, must neither grow nor keep handles; no file may be left.
/// <c>soak HOURS [--folder DIR]</c>
/// </summary>
internal static partial class SoakBenchmark
{
    private const int PictureCount = 40;
    private const int OpensEachCycle = 10;
    private const int SearchesEachCycle = 200;

    /// <summary>Growth of this process that is still called none, from the cycles of the second quarter to those of the last.</summary>
    private const double MostGrowth = 0.05;

    private static readonly string[] _artefacts =
        ["encoder.safetensors", "student.safetensors", "features.npy", "clusters.safetensors", "pseudo-labels.csv", "predictions.npy"];

    /// <summary>Runs for the given hours; status 0 only if nothing differed, grew or was left.</summary>
    /// <param name="args">Hours, and where to work.</param>
    public static int Run(string[] args)
    {
        if (args.Length == 0 || !double.TryParse(args[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var hours))
        {
            Console.Error.WriteLine("usage: benchmarks soak HOURS [--folder DIR]");
            return 2;
        }

        var parent = Array.IndexOf(args, "--folder") is > 0 and var named ? args[named + 1] : Path.GetTempPath();
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"autodidact-soak-{Environment.ProcessId}")).FullName;
        using var soak = new Loop(folder);
        var clock = Stopwatch.StartNew();
        do
        {
            soak.Cycle(clock.Elapsed);
        }
        while (clock.Elapsed < TimeSpan.FromHours(hours));

        var good = soak.Verdict(clock.Elapsed);
        if (good)
        {
            Directory.Delete(folder, recursive: true);
        }

        return good ? 0 : 1;
    }

    private sealed class Loop : IDisposable
    {
        private readonly string _folder;
        private readonly string _run;
        private readonly string _index;
        private readonly List<State> _states = [];
        private readonly List<string> _faults = [];
        private readonly Dictionary<string, string> _first = [];
        private HashSet<string>? _names;
        private EarlyExitModel? _model;
        private EmbeddingIndex? _open;
        private int _cycle;
        private int _kills;

        public Loop(string folder)
        {
            _folder = folder;
            _run = Path.Combine(folder, "run");
            _index = Path.Combine(folder, "index.npy");
            Pictures.Write(Path.Combine(folder, "pictures"), PictureCount, 11);
            Pictures.Write(Path.Combine(folder, "others"), PictureCount, 12);
        }

        public void Cycle(TimeSpan elapsed)
        {
            var random = new CounterRandom(26, (uint)_cycle);
            try
            {
                Train(random);
                Export(random);
                Embed(random);
                Same("search", Command.Run(_folder, "search", _run, "index.npy", "--key", "pictures/007.webp", "--format", "csv"));
                Same("predict", Command.Run(_folder, "predict", _run, "pictures", "--format", "csv"));
                if (_cycle == 0)
                {
                    KeepReference();
                }

                Serve();
                Names();
            }
            catch (InvalidOperationException e)
            {
                Fault(e.Message);
            }

            var state = State.Now(elapsed);
            _states.Add(state);
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"cycle {_cycle}: {state}, {_kills} kills, {_faults.Count} faults"));
            Directory.Delete(_run, recursive: true);
            _cycle++;
        }

        public bool Verdict(TimeSpan elapsed)
        {
            var quarter = Math.Max(1, _states.Count / 4);
            var early = _states.Skip(quarter).Take(quarter).DefaultIfEmpty(_states[0]).ToArray();
            var late = _states.TakeLast(quarter).ToArray();
            var growth = (late.Average(s => s.Megabytes) / early.Average(s => s.Megabytes)) - 1;
            var handles = late.Max(s => s.OpenFiles) - early.Max(s => s.OpenFiles);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{elapsed.TotalHours:0.00} h, {_cycle} cycles, {_kills} kills: memory {growth:+0.0 %;-0.0 %}, "
                + $"open files {handles:+0;-0;0}, {_faults.Count} faults"));
            return _faults.Count == 0 && growth <= MostGrowth && handles <= 0;
        }

        public void Dispose()
        {
            _open?.Dispose();
            _model?.Dispose();
        }

        private void Train(CounterRandom random)
        {
            string[] arguments =
            [
                "run", "--out", _run, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "10",
                "--set", "data.synthetic_train=1000", "--set", "data.synthetic_test=200", "--set", "data.holdout=0.1",
                "--set", "pretrain.epochs=12", "--set", "distill.epochs=6",
            ];
            Interrupt(random, 12, arguments);
            Interrupt(random, 12, arguments);
            Command.Run(_folder, arguments);
            foreach (var name in _artefacts)
            {
                Same(name, Content.Digest(Path.Combine(_run, name)));
            }
        }

        private void Export(CounterRandom random)
        {
            Interrupt(random, 4, "export", _run);
            Command.Run(_folder, "export", _run);
            foreach (var graph in Directory.EnumerateFiles(Path.Combine(_run, "model"), "*.onnx", SearchOption.AllDirectories))
            {
                Same(Path.GetRelativePath(_run, graph), Content.Digest(graph));
            }
        }

        private void Embed(CounterRandom random)
        {
            Command.Run(_folder, "embed", _run, "others", "--out", "index.npy", "--force");
            Interrupt(random, 3, "embed", _run, "pictures", "--out", "index.npy", "--force", "--index", "always");
            Command.Run(_folder, "embed", _run, "pictures", "--out", "index.npy", "--force", "--index", "always");
        }

        /// <summary>Lets a command live for a while; then every second one is killed, and the others are asked to stop.</summary>
        private void Interrupt(CounterRandom random, double seconds, params string[] arguments)
        {
            using var command = Command.Start(_folder, arguments);
            if (command.WaitAtMost(TimeSpan.FromSeconds(random.NextDouble() * seconds)))
            {
                return;
            }

            _kills++;
            if (_kills % 2 == 0)
            {
                command.Kill();
                return;
            }

            command.Interrupt("TERM");
            command.Wait();
            if (command.ExitCode is not (0 or 130 or 143))
            {
                Fault($"autodidact {arguments[0]} after SIGTERM: status {command.ExitCode}\n{command.Error}");
            }
        }

        private void KeepReference()
        {
            var kept = Directory.CreateDirectory(Path.Combine(_folder, "reference")).FullName;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(_run, "model"), "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(kept, "model", Path.GetRelativePath(Path.Combine(_run, "model"), file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            foreach (var file in EmbeddingIndex.FilesOf(_index).Where(File.Exists))
            {
                File.Copy(file, Path.Combine(kept, Path.GetFileName(file)));
            }

            _model = EarlyExitModel.Load(Path.Combine(kept, "model"));
            _open = EmbeddingIndex.Open(Path.Combine(kept, "index.npy"));
        }

        /// <summary>The work of a service: predictions and searches with what is open, and models and indexes opened and closed.</summary>
        private void Serve()
        {
            var pictures = Directory.GetFiles(Path.Combine(_folder, "pictures")).Order(StringComparer.Ordinal).ToArray();
            for (var i = 0; i < SearchesEachCycle; i++)
            {
                var picture = pictures[i % pictures.Length];
                var hit = _open!.Search(_model!.Embed(picture, FeatureSource.Deepest), 3)[0];
                Same($"served {Path.GetFileName(picture)}", FormattableString.Invariant($"{hit.Key} {hit.Similarity:R}"));
            }

            for (var i = 0; i < OpensEachCycle; i++)
            {
                using var model = EarlyExitModel.Load(Path.Combine(_folder, "reference", "model"));
                using var index = EmbeddingIndex.Open(_index);
                var cluster = model.Predict(pictures[i]).Cluster;
                Same($"opened {i}", FormattableString.Invariant($"{index.Count} rows, cluster {cluster}"));
            }
        }

        /// <summary>Compares what a cycle gave with what the first one gave.</summary>
        private void Same(string name, string value)
        {
            if (!_first.TryAdd(name, value) && _first[name] != value)
            {
                Fault($"{name} differs from the first cycle's");
            }
        }

        /// <summary>Looks for files that the first cycle did not leave; numbers and identifiers in names do not count.</summary>
        private void Names()
        {
            var names = Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories)
                .Select(path => Number().Replace(Path.GetRelativePath(_folder, path), "#"))
                .ToHashSet(StringComparer.Ordinal);
            if (names.FirstOrDefault(name => name.EndsWith(".tmp", StringComparison.Ordinal)) is { } temporary)
            {
                Fault($"left behind: {temporary}");
            }

            _names ??= names;
            foreach (var name in names.Except(_names))
            {
                Fault($"left behind: {name}");
            }
        }

        private void Fault(string what)
        {
            _faults.Add(what);
            Console.WriteLine($"FAULT in cycle {_cycle}: {what}");
        }
    }

    /// <summary>Memory, files and threads that this process holds.</summary>
    private sealed record State(TimeSpan Elapsed, double Megabytes, int OpenFiles, int Threads)
    {
        public static State Now(TimeSpan elapsed)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            using var self = Process.GetCurrentProcess();
            return new State(elapsed, self.WorkingSet64 / 1e6, Handles(), self.Threads.Count);
        }

        /// <summary>Open files but for the program's own code, which .NET opens when it is first needed and never closes.</summary>
        private static int Handles() => Directory.GetFileSystemEntries("/proc/self/fd").Count(
            file => new FileInfo(file).LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) == false);

        public override string ToString() =>
            FormattableString.Invariant($"{Elapsed.TotalMinutes:0.0} min, {Megabytes:0} MB, {OpenFiles} open files, {Threads} threads");
    }

    [GeneratedRegex("[0-9a-f]{12,}|[0-9]+")]
    private static partial Regex Number();
}
