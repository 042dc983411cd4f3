using System.Diagnostics;
using System.Globalization;
using Autodidact.Numerics;

namespace Autodidact.Benchmarks;

/// <summary>
/// Kills a run with SIGKILL at seeded random moments, at least 20 times, some of them while a checkpoint is being written, then lets it
/// finish and compares the weights with those of a run nobody disturbed.
/// </summary>
internal static class KillBenchmark
{
    private const int Kills = 24;

    /// <summary>Every third kill waits for a checkpoint's temporary file and strikes then.</summary>
    private const int InsideWriteEvery = 3;

    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(12);

    public static int Run(string[] args)
    {
        var seed = args.Length > 0 ? ulong.Parse(args[0], CultureInfo.InvariantCulture) : 1;
        var folder = Directory.CreateTempSubdirectory("autodidact-kills-").FullName;
        var whole = Path.Combine(folder, "whole");
        var killed = Path.Combine(folder, "killed");
        Finish(whole);
        var random = new CounterRandom(seed);
        var (done, inside) = (0, 0);
        while (done < Kills)
        {
            using var process = Start(killed);
            var life = TimeSpan.FromSeconds(1.5 + (random.NextDouble() * LongestLife.TotalSeconds));
            var struckInside = done % InsideWriteEvery == 0 ? UntilWriting(killed, process, life) : Sleep(process, life);
            if (process.HasExited)
            {
                Console.WriteLine($"the run finished after {done} kills");
                break;
            }

            process.Kill();
            process.WaitForExit();
            done++;
            inside += struckInside ? 1 : 0;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"kill {done} after {life.TotalSeconds:0.0} s at most{(struckInside ? ", inside a checkpoint's write" : "")}: "
                + $"{Newest(killed)}"));
        }

        Finish(killed);
        var same = new[] { "encoder.safetensors", "student.safetensors" }.All(
            f => File.ReadAllBytes(Path.Combine(whole, f)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(killed, f))));
        Console.WriteLine($"{done} kills, {inside} inside a write: weights {(same ? "bit-identical" : "DIFFER")}");
        Directory.Delete(folder, recursive: true);
        return same && done >= 20 && inside > 0 ? 0 : 1;
    }

    private static Process Start(string run)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "Autodidact.Cli.dll"),
            "run", "--out", run, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "10",
            "--set",
            "data.synthetic_train=2000", "--set", "data.synthetic_test=200", "--set", "pretrain.epochs=160", "--set", "distill.epochs=100",
        })
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static void Finish(string run)
    {
        using var process = Start(run);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"the run in {run} ended with status {process.ExitCode}");
        }
    }

    private static bool Sleep(Process process, TimeSpan life)
    {
        process.WaitForExit(life);
        return false;
    }

    /// <summary>Waits for a half-written checkpoint; gives up at the end of the life.</summary>
    private static bool UntilWriting(string run, Process process, TimeSpan life)
    {
        // The last kill inside a write left a file that looks half-written too, until the new process takes the directory.
        var checkpoints = Path.Combine(run, "checkpoints");
        var earlier = HalfWritten(checkpoints).ToHashSet();
        process.WaitForExit(life / 2);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < life && !process.HasExited)
        {
            if (!earlier.IsSupersetOf(HalfWritten(checkpoints)))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> HalfWritten(string checkpoints) =>
        Directory.Exists(checkpoints) ? Directory.EnumerateFiles(checkpoints, "*.tmp") : [];

    private static string Newest(string run)
    {
        var checkpoints = Path.Combine(run, "checkpoints");
        var names = Directory.Exists(checkpoints) ? Directory.GetFiles(checkpoints, "*.safetensors") : [];
        return names.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).LastOrDefault() ?? "no checkpoint";
    }
}
