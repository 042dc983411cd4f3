using System.Diagnostics;
using System.Globalization;
using Autodidact.Fuzzing;
using Autodidact.Images;

namespace Autodidact.Benchmarks;

/// <summary>
/// Gives every reader of files damaged ones, for some minutes: pictures, archives, safetensors, <c>.pth</c>, <c>.npy</c>, graphs, JSON,
/// indexes, packs, whole run directories. A process of its own reads them; this one watches it, and starts it again when it ends or hangs.
/// <c>fuzz MINUTES [--mutants N] [--seed S] [--folder DIR]</c>
/// </summary>
internal static class FuzzBenchmark
{
    private const string Reader = "--read";
    private const string Fault = "FAULT";

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(200);

    /// <summary>A mutant hangs once it took so much of the processor; or, so that a blocked read is seen, so much time.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longestBlocked = TimeSpan.FromSeconds(30);

    /// <summary>Runs for the given minutes, or to the given number of mutants; status 0 only if no reader failed.</summary>
    /// <param name="args">Minutes, and options.</param>
    public static int Run(string[] args)
    {
        if (args is [Reader, var layout, var seedText, var firstText, var countText])
        {
            var numbers = new[] { seedText, firstText, countText }.Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray();
            return FuzzReader.Read(layout, (ulong)numbers[0], numbers[1], numbers[2]);
        }

        if (args.Length == 0 || !double.TryParse(args[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes))
        {
            Console.Error.WriteLine("usage: benchmarks fuzz MINUTES [--mutants N] [--seed S] [--folder DIR]");
            return 2;
        }

        string Option(string name, string otherwise) => Array.IndexOf(args, name) is > 0 and var at ? args[at + 1] : otherwise;
        var mutants = long.Parse(Option("--mutants", long.MaxValue.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var seed = Option("--seed", "1");
        var folder = Path.Combine(Option("--folder", Path.GetTempPath()), $"autodidact-fuzz-{Environment.ProcessId}");
        Prepare(Directory.CreateDirectory(folder).FullName);

        var clock = Stopwatch.StartNew();
        var (next, faults) = (0L, 0);
        while (clock.Elapsed < TimeSpan.FromMinutes(minutes) && next < mutants)
        {
            next = ReadSome(folder, seed, next, mutants - next, TimeSpan.FromMinutes(minutes) - clock.Elapsed, ref faults);
        }

        Console.WriteLine(FormattableString.Invariant($"{next:N0} mutants in {clock.Elapsed.TotalMinutes:0.0} min: {faults} faults"));
        if (faults == 0)
        {
            Directory.Delete(folder, recursive: true);
        }

        return faults == 0 ? 0 : 1;
    }

    /// <summary>A small run, its model, pictures in several formats.</summary>
    private static void Prepare(string folder)
    {
        Pictures.Write(Path.Combine(folder, "pictures"), 60, 3);
        Command.Run(
            folder,
            "run", "pictures", "--out", "run", "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=1", "--set", "distill.batch_size=16",
            "--set", "data.holdout=0.2", "--set", "export.measure_seconds=0");
        Command.Run(folder, "export", "run");
    }

    /// <summary>Lets one process read until it ends, hangs or the time is over; gives the number of the next mutant.</summary>
    private static long ReadSome(string folder, string seed, long first, long count, TimeSpan left, ref int faults)
    {
        var state = Path.Combine(folder, "state");
        File.WriteAllText(state, string.Create(CultureInfo.InvariantCulture, $"{first}"));
        using var process = Start(folder, seed, first, count);
        var found = 0;
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is { } line)
            {
                Console.WriteLine(line);
                found += line.StartsWith(Fault, StringComparison.Ordinal) ? 1 : 0;
            }
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var clock = Stopwatch.StartNew();
        var (number, since, processor) = (first, clock.Elapsed, TimeSpan.Zero);
        while (!process.WaitForExit(_poll))
        {
            var (now, used) = (Number(state) ?? number, process.TotalProcessorTime);
            if (now != number)
            {
                (number, since, processor) = (now, clock.Elapsed, used);
            }
            else if (used - processor > _longest + FuzzReader.StartTime || clock.Elapsed - since > _longestBlocked + FuzzReader.StartTime)
            {
                process.Kill();
                process.WaitForExit();
                Console.WriteLine($"{Fault} mutant {number}: hangs");
                faults += found + 1;
                return number + 1;
            }

            if (clock.Elapsed > left)
            {
                process.Kill();
                process.WaitForExit();
                faults += found;
                return number;
            }
        }

        process.WaitForExit();
        faults += found;
        number = Number(state) ?? number;
        if (process.ExitCode == 0)
        {
            return first + count;
        }

        Console.WriteLine($"{Fault} mutant {number}: the process ended with status {process.ExitCode}");
        faults++;
        return number + 1;
    }

    private static long? Number(string state) =>
        long.TryParse(File.ReadAllText(state), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Process Start(string folder, string seed, long first, long count)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            typeof(FuzzBenchmark).Assembly.Location, "fuzz", Reader, folder, seed,
            first.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture),
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>The process that reads.</summary>
    private static class FuzzReader
    {
        /// <summary>Memory that a file may take beyond what it decodes to, in bytes.</summary>
        private const long MostMemory = 300_000_000;

        private const int BytesPerPixel = 4;

        /// <summary>Time that a process may take before its first mutant: it makes the indexes and packs to damage.</summary>
        public static readonly TimeSpan StartTime = TimeSpan.FromSeconds(15);

        public static int Read(string folder, ulong seed, long first, long count)
        {
            var own = Directory.CreateTempSubdirectory("autodidact-fuzz-").FullName;
            using var packed = DataPreparer.Prepare(
                new DataRequest { Data = Path.Combine(folder, "pictures"), CacheDirectory = Path.Combine(own, "cache") });
            var run = Path.Combine(folder, "run");
            var fuzzer = new Fuzzer(FuzzTargets.Make(own, run, Path.Combine(folder, "pictures"), packed.Train.Path), seed);
            using var state = new FileStream(
                Path.Combine(folder, "state"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            var answered = 0L;
            for (var number = first; number < first + count; number++)
            {
                state.Position = 0;
                state.Write(System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
                var before = 0L;
                var outcome = fuzzer.Run(number, (_, _) => before = ForgetPeak());
                var used = Peak() - before;
                answered += outcome.Failure is null ? 1 : 0;
                if (!outcome.IsGood || used > MostMemory + Decoded(outcome))
                {
                    Tell(folder, number, outcome, used);
                }
            }

            Directory.Delete(own, recursive: true);
            Console.WriteLine(FormattableString.Invariant($"{count:N0} mutants from {first:N0}: {answered:N0} read, the others refused"));
            return 0;
        }

        private static void Tell(string folder, long number, FuzzOutcome outcome, long used)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"fault-{number}-{Path.GetFileName(outcome.File)}");
            File.WriteAllBytes(Path.Combine(folder, name), outcome.Mutant);
            var what = outcome.IsGood ? FormattableString.Invariant($"took {used / 1e6:N0} MB") : OneLine(outcome.Failure!);
            Console.WriteLine($"{Fault} mutant {number} of {outcome.Target.Name}, {outcome.File}: {what}");
        }

        private static string OneLine(Exception e) => string.Join(" | ", e.ToString().Split('\n').Take(6).Select(line => line.Trim()));

        /// <summary>Bytes that a picture decodes to, by its header; 0 for other files.</summary>
        private static long Decoded(FuzzOutcome outcome)
        {
            try
            {
                var (height, width) = new ImageDecoder().Measure(outcome.Mutant);
                return (long)height * width * BytesPerPixel;
            }
            catch (ImageDecodeException)
            {
                return 0;
            }
        }

        /// <summary>Lets the system forget the peak of this process's memory; gives the memory now.</summary>
        private static long ForgetPeak()
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return Status("VmRSS:");
        }

        private static long Peak() => Status("VmHWM:");

        private static long Status(string name)
        {
            var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
            return 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
    }
}
