using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Ranks;
using static TorchSharp.torch;

namespace Autodidact.Stages;

/// <summary>Features of many images, each rank having computed a part: every rank gets them all.</summary>
internal static class RankFeatures
{
    private const int BlockRows = 4096;

    /// <summary>Features in the order of the images.</summary>
    /// <param name="ranks">The ranks; each calls with a model of the same weights.</param>
    /// <param name="model">From images to features, its modules in evaluation mode.</param>
    /// <param name="setup">The training whose images they are.</param>
    /// <param name="batchSize">Images a forward pass.</param>
    public static FeatureMatrix Extract(RankGroup ranks, Func<Tensor, Tensor> model, TrainingSetup setup, int batchSize)
    {
        var images = new PlainPixels(setup.Images, setup.Input.ViewSize, setup.Input.Normalization);
        var positions = setup.Positions;
        if (ranks.Size == 1) return FeatureExtractor.Extract(model, images, positions, batchSize, setup.Objective.Network.DeviceOf());
        var parts = Enumerable.Range(0, ranks.Size).Select(rank => ranks.Part(positions.Length, rank)).ToArray();
        var (first, count) = parts[ranks.Rank];
        using var alone = SharedWork.Alone();
        using var own = FeatureExtractor.Extract(model, images, positions[first..(first + count)], batchSize);
        var all = new FeatureMatrix(positions.Length, own.Columns);
        try
        {
            foreach (var (row, rows) in FeatureTensors.Blocks(count, BlockRows)) own.Block(row, rows).CopyTo(all.Block(first + row, rows));
            ranks.GatherRows<float>(parts, all.Block);
            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }
}
