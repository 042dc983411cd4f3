using System.Diagnostics;
using System.Globalization;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Views;

namespace Autodidact.Benchmarks;

/// <summary>
/// Augmented views a second on one thread, beside torchvision and Pillow where <c>--reference [python]</c> asks for it (in turn, repeat by
/// repeat).
/// </summary>
public static class ViewsBenchmark
{
    private const int Images = 256;
    private const int Repeats = 5;
    private const double SecondsPerRepeat = 0.5;

    private static readonly (int Source, int View, bool Blur)[] _cases =
    [
        (32, 32, false),
        (32, 32, true), (64, 32, false), (64, 32, true), (32, 24, false), (64, 64, false), (256, 224, false), (256, 224, true),
    ];

    /// <summary>Prints one line a case.</summary>
    public static int Run(string[] args)
    {
        var at = Array.IndexOf(args, "--reference");
        var python = at < 0 ? null : args.ElementAtOrDefault(at + 1) ?? "python3";
        Console.WriteLine($"SimCLR views a second on one thread, median of {Repeats}; blur with probability 0.5");
        foreach (var (source, view, blur) in _cases)
        {
            var pixels = Pixels(source);
            var recipe = ViewSpec.SimClr(view, PixelNormalization.ImageNet, blurProbability: blur ? 0.5 : 0).Views[0];
            var renderer = new ViewRenderer();
            Measure(renderer, recipe, pixels, source);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                ours.Add(Measure(renderer, recipe, pixels, source));
                if (python is not null)
                    theirs.Add(Reference(python, source, view, blur));
            }

            var line = $"{source} -> {view} px, {(blur ? "with" : "no")} blur: {Median(ours),8:F0}";
            Console.WriteLine(
                python is null
                    ? line
                    : $"{line}   torchvision and Pillow: {Median(theirs),6:F0}   ratio {Median(ours) / Median(theirs):F1}");
        }

        return 0;
    }

    private static double Measure(ViewRenderer renderer, ViewRecipe recipe, byte[] pixels, int source)
    {
        var output = new float[ViewRenderer.OutputLength(recipe)];
        var bytes = source * source * 3;
        var clock = Stopwatch.StartNew();
        uint views = 0;
        while (clock.Elapsed.TotalSeconds < SecondsPerRepeat)
        {
            for (var i = 0; i < 32; i++, views++)
            {
                var image = pixels.AsSpan((int)(views % Images) * bytes, bytes);
                renderer.Render(image, source, source, recipe, new CounterRandom(1, views / Images, views % Images), output);
            }
        }

        return views / clock.Elapsed.TotalSeconds;
    }

    private static double Reference(string python, int source, int view, bool blur)
    {
        var script = Path.Combine(Repository(), "tools", "reference", "views_speed.py");
        using var process = Process.Start(
            new ProcessStartInfo(python, [script, $"{source}", $"{view}", blur ? "0.5" : "0"]) { RedirectStandardOutput = true })!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Autodidact.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("run the benchmark from a build inside the repository");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Smooth pictures with some noise, as photographs are.</summary>
    private static byte[] Pixels(int size)
    {
        var pixels = new byte[Images * size * size * 3];
        var random = new CounterRandom(7);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, c) = (i / 3 % size, i / 3 / size % size, i % 3);
            var smooth = 128 + (90 * Math.Sin(((x * (c + 1)) + (y * 2) + (i / (size * size * 3))) * 6.0 / size));
            pixels[i] = (byte)(smooth + random.NextInt32(30));
        }

        return pixels;
    }
}
