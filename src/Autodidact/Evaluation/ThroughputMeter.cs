using System.Diagnostics;
using Autodidact.Models;
using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Images a second of a forward pass, in evaluation mode, without gradients, from a batch already in memory: the model alone, no decoding.
/// On a processor all cores work, each with its part of the batch.
/// </summary>
internal static class ThroughputMeter
{
    /// <summary>Measures one forward function, e.g. a student run to one of its exits.</summary>
    /// <param name="module">The module it runs; its mode is restored afterwards.</param>
    /// <param name="forward">
    /// From images (batch, 3, size, size), channels-last, to anything, by several threads at once; tensors made inside are disposed.
    /// </param>
    /// <param name="viewSize">Height and width of the images in pixels.</param>
    /// <param name="options">Batch size and number of batches.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>Images a second at the median time of a batch.</returns>
    public static double ImagesPerSecond(
        nn.Module module, Action<Tensor> forward, int viewSize, ThroughputOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(viewSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.WarmupBatches);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TimedBatches, 1);
        using var mode = new EvaluationMode(module);
        using var scope = NewDisposeScope();

        var device = module.DeviceOf();
        var cores = device.type == DeviceType.CPU ? TorchThreads.Cores : 1;
        var part = Math.Max(1, options.BatchSize / cores);

        // A fixed ramp instead of zeros: some kernels are faster on zeros, and no random generator is touched.
        var shape = new long[] { part, viewSize, viewSize, 3 };
        var batch = linspace(-1, 1, shape.Aggregate((a, b) => a * b), device: device).reshape(shape).permute(0, 3, 1, 2);
        var seconds = new double[options.TimedBatches];
        for (var i = -options.WarmupBatches; i < options.TimedBatches; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            TorchWork.Run(cores, _ => forward(batch));
            if (device.type == DeviceType.CUDA) cuda.synchronize(device);
            if (i >= 0)
                seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        var middle = seconds.Length / 2;
        var median = seconds.Length % 2 == 1 ? seconds[middle] : 0.5 * (seconds[middle - 1] + seconds[middle]);
        return (double)part * cores / median;
    }
}
