using System.Diagnostics;
using System.Globalization;
using Autodidact.Tests;

namespace Autodidact.Benchmarks;

/// <summary>
/// Measures the size of a program with a model in it, and the time to its first answer: publishes <c>samples/ConsolePrediction</c> in
/// several ways, starts each with one image, in turn. <c>start MODEL IMAGE [--rounds 15]</c>
/// </summary>
public static class StartBenchmark
{
    private const string Sample = "ConsolePrediction";

    private static readonly (string Name, string[] Settings)[] Ways =
    [
        ("as the project has it", []),
        ("not in a single file", ["PublishSingleFile=false"]),
        ("and not trimmed", ["PublishSingleFile=false", "PublishTrimmed=false"]),
        ("and not compiled ahead", ["PublishSingleFile=false", "PublishTrimmed=false", "PublishReadyToRun=false"]),
        ("and without .NET in it", ["PublishSingleFile=false", "PublishTrimmed=false", "PublishReadyToRun=false", "SelfContained=false"]),
    ];

    /// <summary>Prints the table.</summary>
    public static int Run(string[] args)
    {
        if (args.Length is not (2 or 4) || (args.Length == 4 && args[2] != "--rounds"))
        {
            Console.Error.WriteLine("usage: start MODEL IMAGE [--rounds 15]: a folder that 'autodidact export' made, and an image file");
            return 2;
        }

        var rounds = args.Length == 4 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 15;
        string[] request = [Path.GetFullPath(args[0]), Path.GetFullPath(args[1])];
        var root = Directory.CreateTempSubdirectory("autodidact-start-").FullName;
        try
        {
            var published = Ways
                .Select((way, i) => (way.Name, Folder: Publish(Path.Combine(root, $"{i}"), way.Settings), Times: new List<double>()))
                .ToArray();
            var expected = Start(published[0].Folder, request).Output;
            Console.WriteLine(expected);

            // The first round brings the files into the system's cache.
            for (var round = -1; round < rounds; round++)
            {
                foreach (var way in published)
                {
                    var (milliseconds, output) = Start(way.Folder, request);
                    if (output != expected) throw new InvalidOperationException($"{way.Name} answers otherwise: {output}");
                    if (round >= 0) way.Times.Add(milliseconds);
                }
            }

            Console.WriteLine(
                $"{Repository.Platform}, {rounds} starts each, in turn; from the start of the process to its end, milliseconds");
            Console.WriteLine("published                 files     MB   median    min    max");
            foreach (var (name, folder, times) in published)
            {
                var files = new DirectoryInfo(folder).GetFiles("*", SearchOption.AllDirectories);
                var sorted = times.Order().ToArray();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-24} {files.Length,6} {files.Sum(f => f.Length) / 1e6,6:0.0} {sorted[sorted.Length / 2],8:0} "
                    + $"{sorted[0],6:0} {sorted[^1],6:0}"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Publish(string folder, string[] settings)
    {
        var output = Path.Combine(folder, "publish");

        // With artefacts of its own, so that the source tree's builds stay as they are.
        Call("dotnet", [
            "publish", Path.Combine(Repository.Root, "samples", Sample), "-c", "Release", "-r", Repository.Platform,
            "--artifacts-path", Path.Combine(folder, "artifacts"), "-o", output, .. settings.Select(s => $"-p:{s}")]);
        return output;
    }

    private static (double Milliseconds, string Output) Start(string folder, string[] request)
    {
        var start = Stopwatch.GetTimestamp();
        var output = Call(Path.Combine(folder, Sample + (OperatingSystem.IsWindows() ? ".exe" : "")), request);
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, output);
    }

    private static string Call(string file, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, WorkingDirectory = Repository.Root })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(
            $"{file} {string.Join(' ', arguments)}: exit status {process.ExitCode}\n{output}");
    }
}
