using System.Diagnostics;
using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>
/// How many threads train fastest at the moment. Libtorch's threads wait for each other by spinning, many times a step, and where another
/// program holds a core they wait for the one whose core that is: training with all cores can then be a hundred times slower than with one
/// fewer.
/// </summary>
internal static class ThreadChoice
{
    /// <summary>Pairs of timings that a comparison takes at most; the majority decides.</summary>
    private const int Rounds = 9;

    /// <summary>
    /// Threads that wait for other programs take at least so many times what one thread takes for its share of the work; where nothing else
    /// runs, not much more.
    /// </summary>
    private const double Waste = 1.7;

    /// <summary>Looks at most, two in a row of which must find every core free.</summary>
    private const int Looks = 6;

    /// <summary>
    /// Between two looks where one found cores held: a compiler that has just built this program, or its own, must not slow the whole run,
    /// and is done in a few seconds.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// The largest number of threads, from one a core down in steps of an eighth, that waste no cores. Takes a third of a second where no
    /// other program runs, eleven seconds beside one.
    /// </summary>
    /// <param name="most">One a core.</param>
    /// <param name="cancellationToken">Stops between timings.</param>
    public static int Choose(int most, CancellationToken cancellationToken = default)
    {
        if (most < 2) return most;
        var before = get_num_threads();
        using var scope = NewDisposeScope();
        var work = new Work();
        try
        {
            return Choose(most, work.Seconds, () => cancellationToken.WaitHandle.WaitOne(Pause), cancellationToken);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    /// <summary>The same with other clocks.</summary>
    /// <param name="most">One a core.</param>
    /// <param name="seconds">Seconds that some number of threads takes for so many shares of work.</param>
    /// <param name="pause">Lets some time go by.</param>
    /// <param name="cancellationToken">Stops between timings.</param>
    internal static int Choose(int most, Func<int, double> seconds, Action pause, CancellationToken cancellationToken)
    {
        var last = Look(most, seconds, cancellationToken);
        var fewer = 1;
        for (var look = 1; look < Looks && fewer < most; look++)
        {
            if (last < most) pause();
            var now = Look(most, seconds, cancellationToken);
            (last, fewer) = (now, Math.Min(last, now));
        }

        return fewer;
    }

    private static int Look(int most, Func<int, double> seconds, CancellationToken cancellationToken)
    {
        var threads = most;
        while (threads > 1 && IsWasteful(threads, seconds, cancellationToken)) threads -= Math.Max(1, threads / 8);
        return threads;
    }

    private static bool IsWasteful(int threads, Func<int, double> seconds, CancellationToken cancellationToken)
    {
        // The first of each chooses kernels.
        seconds(threads);
        seconds(1);
        var wasteful = 0;
        for (var round = 0; round < Rounds && Math.Max(wasteful, round - wasteful) <= Rounds / 2; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (seconds(threads) > Waste * seconds(1)) wasteful++;
        }

        return wasteful > Rounds / 2;
    }

    /// <summary>
    /// Convolutions forward and backward, as training has them: the weights' gradients are where the threads wait within a kernel.
    /// </summary>
    private sealed class Work
    {
        private const int ImagesEach = 16;
        private const int Channels = 16;
        private const int Side = 16;
        private const int Steps = 10;

        private readonly Tensor _first = Weights();
        private readonly Tensor _second = Weights();

        public double Seconds(int threads)
        {
            set_num_threads(threads);
            using var scope = NewDisposeScope();
            using var gradients = enable_grad();
            var images = ones(ImagesEach * threads, Side, Side, Channels).permute(0, 3, 1, 2);
            var clock = Stopwatch.StartNew();
            for (var step = 0; step < Steps; step++)
            {
                using var inner = NewDisposeScope();
                using var mixed = MixedPrecision.Enter(MixedPrecision.IsFast && MixedPrecision.IsAvailable);
                var hidden = nn.functional.relu(nn.functional.conv2d(images, _first, padding: [1L, 1L]));
                nn.functional.conv2d(hidden, _second, padding: [1L, 1L]).sum().backward();
            }

            return clock.Elapsed.TotalSeconds;
        }

        // Not random numbers: nothing of a run may depend on whether this ran.
        private static Tensor Weights() => full([Channels, Channels, 3, 3], 0.1f).requires_grad_();
    }
}
