using System.Diagnostics;
using Autodidact.Inference;

namespace Autodidact.Export;

/// <summary>
/// Measures the images a second of exported models under several policies. It times them in turn, so that other work of the machine slows
/// all alike.
/// </summary>
internal static class SpeedMeter
{
    private const int MostRounds = 5;
    private const int MostImages = 1024;
    private const int LeastImages = 64;

    /// <summary>Measures.</summary>
    /// <param name="runs">Models and policies, the most important first: time may run out.</param>
    /// <param name="images">Number of images at hand.</param>
    /// <param name="pixels">Gives that many of them, as <see cref="EarlyExitModel.PredictPixels"/> takes them.</param>
    /// <param name="most">Time that may be spent; a pass that has begun is ended.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>Medians over the rounds; null for those that got no time.</returns>
    public static double?[] ImagesPerSecond(
        IReadOnlyList<(EarlyExitModel Model, ExitPolicy Policy)> runs,
        int images, Func<int, byte[]> pixels, TimeSpan most, CancellationToken cancellationToken = default)
    {
        var times = runs.Select(_ => new List<double>()).ToArray();
        var clock = Stopwatch.StartNew();

        // As many images as give every policy three passes in the time. The warm-up tells how fast the first is.
        var sample = pixels(Math.Min(images, LeastImages));
        Pass(runs[0], sample);
        var wanted = (int)Math.Clamp(
            most / (runs.Count * 3 * Pass(runs[0], sample)) * Math.Min(images, LeastImages), LeastImages, MostImages);
        sample = pixels(Math.Min(images, wanted));
        for (var round = 0; round <= MostRounds; round++)
        {
            for (var i = 0; i < runs.Count; i++)
            {
                if (clock.Elapsed > most)
                {
                    return Medians();
                }

                // The first pass loads the graphs.
                var time = Pass(runs[i], sample);
                if (round > 0)
                {
                    times[i].Add(time.TotalSeconds);
                }
            }
        }

        return Medians();

        TimeSpan Pass((EarlyExitModel Model, ExitPolicy Policy) run, byte[] given)
        {
            var start = Stopwatch.GetTimestamp();
            run.Model.PredictPixels(given, run.Policy, cancellationToken);
            return Stopwatch.GetElapsedTime(start);
        }

        double?[] Medians() =>
        [
            .. times.Select(
                (t, i) => t.Count == 0 ? (double?)null : sample.Length / runs[i].Model.BytesPerImage / t.Order().ElementAt(t.Count / 2)),
        ];
    }
}
