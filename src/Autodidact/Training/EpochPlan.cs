using Autodidact.Numerics;
using Autodidact.Ranks;
using Autodidact.Views;

namespace Autodidact.Training;

/// <summary>Order of the images: a pure function of seed and epoch, so that a resumed run goes on with the batch it stopped at.</summary>
/// <param name="images">Number of images.</param>
/// <param name="batchSize">Images a batch, clamped to the number of images.</param>
/// <param name="seed">Seed of the shuffles.</param>
internal sealed class EpochPlan(int images, int batchSize, ulong seed)
{
    private const uint ShuffleStream = 0x5_4855_46;

    public int BatchSize { get; } = Math.Min(batchSize, images);

    /// <summary>
    /// Batches an epoch; the last partial batch is dropped, since batch statistics and contrastive losses depend on the size.
    /// </summary>
    public int StepsPerEpoch { get; } = Math.Max(1, images / Math.Min(batchSize, images));

    public int EpochOf(long step) => (int)(step / StepsPerEpoch);

    /// <summary>The batches from a step to the end. Indices are positions in <paramref name="positions"/>'s image set.</summary>
    /// <param name="firstStep">The first step.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="positions">Positions of the images in their set.</param>
    /// <param name="views">Views by progress.</param>
    /// <param name="ranks">Of each batch the views of this rank's part are made.</param>
    public IEnumerable<BatchPlan> From(long firstStep, long steps, int[] positions, Func<double, ViewSpec> views, RankGroup ranks)
    {
        var (first, count) = ranks.Part(BatchSize);
        var epoch = -1;
        var order = new int[images];
        for (var step = firstStep; step < steps; step++)
        {
            if (EpochOf(step) != epoch)
            {
                epoch = EpochOf(step);
                for (var i = 0; i < images; i++)
                {
                    order[i] = i;
                }

                var random = new CounterRandom(seed, (uint)epoch, ShuffleStream);
                random.Shuffle<int>(order);
            }

            var batch = new int[BatchSize];
            var start = (int)(step % StepsPerEpoch) * BatchSize;
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i] = positions[order[start + i]];
            }

            yield return new BatchPlan(epoch, step, batch[first..(first + count)], views((double)step / steps)) { Batch = batch };
        }
    }
}
