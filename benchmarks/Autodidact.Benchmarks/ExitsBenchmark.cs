using System.Diagnostics;
using System.Globalization;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Inference;
using Autodidact.Metrics;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Autodidact.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Benchmarks;

/// <summary>
/// Measures the early exits of an exported run: images a second and accuracy on its evaluation images, the latency of one image,
/// ONNX Runtime beside TorchSharp on the same network, float beside int8. <c>exits RUN [--rounds 5] [--images 2048] [--latency 300]</c>
/// </summary>
public static class ExitsBenchmark
{
    private const int Batch = 64;

    /// <summary>Prints the tables.</summary>
    public static int Run(string[] args)
    {
        int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : otherwise;
        if (args.Length == 0 || args[0].StartsWith("--", StringComparison.Ordinal))
        {
            Console.Error.WriteLine(
                "usage: exits RUN [--rounds 5] [--images 2048] [--latency 300]: a run that 'autodidact export' was called on");
            return 2;
        }

        TorchRuntime.Initialize();
        TorchThreads.Set(null);
        var directory = RunDirectory.Acquire(args[0]);
        var options = directory.Record!.GetOptions<RunOptions>();
        using var session = new RunSession(
            options, directory, PackImages.Run(options, directory.Record.SetAside, null, _ => { }, CancellationToken.None), _ => { });
        var data = session.Data.Target;
        var evaluation = data.Evaluation ?? throw new InvalidOperationException("the run has no evaluation images");
        var folders =
            new[] { directory.Paths.Model, Path.Combine(directory.Paths.Model, Int8Model.Folder) }.Where(Directory.Exists).ToArray();
        var models = folders.Select(f => EarlyExitModel.Load(f)).ToArray();
        var all = SampleImages.Pixels(evaluation, [.. Enumerable.Range(0, evaluation.Count)]);
        var map = LabelFiles.Splits(data) is { CanScore: true } labels
            ? (Majority(labels.Train, labels.Classes), labels.Evaluation)
            : ((ClusterMap Map, int[] Labels)?)null;
        Sizes(folders);
        Throughput(models, all, map, Number("--images", 2048), Number("--rounds", 5));
        Latency(models, all, Number("--latency", 300));
        Engines(session, models[0], all, Number("--rounds", 5));
        foreach (var model in models)
        {
            model.Dispose();
        }

        return 0;

        ClusterMap Majority(int[] trainLabels, int classes) => ClusterMap.FitMajority(
            session.Clustering.Assignments, trainLabels, models[0].Manifest.Clusters, classes);
    }

    private static IEnumerable<(string Name, ExitPolicy Policy)> Policies(EarlyExitModel model)
    {
        for (var exit = model.Manifest.Exits.Count; exit >= 1; exit--)
        {
            yield return ($"exit-{exit}.onnx", ExitPolicy.Fixed(exit));
        }

        yield return ("as exported", ExitPolicy.Default);
        foreach (var threshold in new[] { 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1 })
        {
            yield return (FormattableString.Invariant($"confidence {threshold}"), ExitPolicy.Confidence(threshold));
        }

        yield return ("entropy 0.1", ExitPolicy.Entropy(0.1));
        if (model.Manifest.TradeOffs.Count > 0)
        {
            yield return ("mean MACs 0.7", ExitPolicy.Budget(0.7 * model.Manifest.Exits[^1].Macs));
        }
    }

    private static void Sizes(string[] folders)
    {
        foreach (var folder in folders)
        {
            var sizes = Directory.GetFiles(folder, "exit-*.onnx").Order(StringComparer.Ordinal).Select(f => FormattableString.Invariant(
                $"{Path.GetFileName(f)} {new FileInfo(f).Length / 1000.0:0} KB"));
            Console.WriteLine($"{Path.GetFileName(folder)}: {string.Join(", ", sizes)}");
        }
    }

    private static void Throughput(EarlyExitModel[] models, byte[] all, (ClusterMap Map, int[] Labels)? map, int images, int rounds)
    {
        var rows = models.SelectMany(m => Policies(m).Select(p => (Model: m, p.Name, p.Policy, Times: new List<double>()))).ToArray();
        var timed = all.AsMemory(0, Math.Min(images * models[0].BytesPerImage, all.Length));
        var deepest = models.ToDictionary(
            m => m, m => m.PredictPixels(all, ExitPolicy.Fixed(m.Manifest.Exits.Count)).Select(p => p.Cluster).ToArray());
        for (var round = -1; round < rounds; round++)
        {
            foreach (var row in rows)
            {
                var start = Stopwatch.GetTimestamp();
                row.Model.PredictPixels(timed, row.Policy);
                if (round >= 0) row.Times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        Console.WriteLine(
            $"\nbatches of {Batch}, {timed.Length / models[0].BytesPerImage} images a pass, medians of {rounds} rounds in turn; "
            + $"agreement and accuracy over {all.Length / models[0].BytesPerImage} images");
        Console.WriteLine("model    policy            images/s   of exit-N   MACs/image   agreement   accuracy");
        foreach (var row in rows)
        {
            var answers = row.Model.PredictPixels(all, row.Policy);
            var clusters = answers.Select(a => a.Cluster).ToArray();
            var first = rows.First(r => ReferenceEquals(r.Model, row.Model));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Model.Manifest.Precision,-8} {row.Name,-16} {timed.Length / models[0].BytesPerImage / Median(row.Times),9:0} "
                + $"{Median(first.Times) / Median(row.Times),11:0.00} {answers.Average(a => a.Macs) / 1e6,11:0.00}M "
                + $"{ClusteringMetrics.Agreement(clusters, deepest[row.Model]),11:0.0 %} "
                + $"{(map is var (fitted, labels) ? fitted.Accuracy(clusters, labels) : double.NaN),10:0.00 %}"));
        }
    }

    private static void Latency(EarlyExitModel[] models, byte[] all, int count)
    {
        Console.WriteLine($"\none image at a time, from pixels, {count} images, policies in turn: milliseconds");
        Console.WriteLine("model    policy             median      p95");
        var rows = models.SelectMany(m => Policies(m).Select(p => (Model: m, p.Name, p.Policy, Times: new List<double>()))).ToArray();
        for (var image = -10; image < count; image++)
        {
            var at = (image + 10) % (all.Length / models[0].BytesPerImage);
            foreach (var row in rows)
            {
                var start = Stopwatch.GetTimestamp();
                row.Model.PredictPixels(all.AsMemory(at * row.Model.BytesPerImage, row.Model.BytesPerImage), row.Policy);
                if (image >= 0) row.Times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        foreach (var row in rows)
        {
            var sorted = row.Times.Order().ToArray();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Model.Manifest.Precision,-8} {row.Name,-16} {sorted[sorted.Length / 2],8:0.00} "
                + $"{sorted[(int)(0.95 * sorted.Length)],8:0.00}"));
        }
    }

    /// <summary>The deepest exit's network in TorchSharp, from normalised floats, and in ONNX Runtime, from bytes.</summary>
    private static void Engines(RunSession session, EarlyExitModel model, byte[] all, int rounds)
    {
        var (directory, data) = (session.Directory, session.Data.Target);
        var input = NetworkEncoder.InputOf(session.Encoder.NetworkFile, session.Encoder.Own);
        var (student, studentInput) = session.Student.Open(StudentInput.Of(session.Options, session.Data, input));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        student.eval();
        student.ToChannelsLast();
        Console.WriteLine("\nthe same network to its deepest exit: images/s, medians in turn");
        foreach (var batch in new[] { 1, 16, Batch, 256 })
        {
            var positions = Enumerable.Range(0, batch).ToArray();
            var views = SampleImages.Views(
                data.Evaluation!,
                positions,
                new GraphInput(data.Evaluation!.Height, studentInput.ViewSize, studentInput.Normalization, true));
            var pixels = all.AsMemory(0, batch * model.BytesPerImage);
            using var large = EarlyExitModel.Load(directory.Paths.Model, new ModelOptions { BatchSize = batch });
            var engines = new (string Name, Action Run, List<double> Times)[]
            {
                ("ONNX Runtime", () => large.PredictPixels(pixels, ExitPolicy.Fixed(model.Manifest.Exits.Count)), []),
                ("TorchSharp", () =>
                {
                    using var step = NewDisposeScope();
                    student.ForwardTo(views, student.ExitCount - 1);
                }, []),
            };
            var passes = Math.Max(1, 1024 / batch);
            for (var round = -1; round < rounds; round++)
            {
                foreach (var engine in engines)
                {
                    var start = Stopwatch.GetTimestamp();
                    for (var i = 0; i < passes; i++) engine.Run();
                    if (round >= 0) engine.Times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / passes / batch);
                }
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"batch {batch,3}: ONNX Runtime {1 / Median(engines[0].Times),6:0}, TorchSharp {1 / Median(engines[1].Times),6:0}: "
                + $"ratio {Median(engines[1].Times) / Median(engines[0].Times):0.00}"));
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
