using Autodidact.Evaluation;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>Training images that others are compared with, and the directions of the encoder's features of them.</summary>
internal static class EncoderAnchors
{
    /// <summary>So many different images, at most all, in an order of their own: a pure function of the seed.</summary>
    public static int[] Draw(int images, int count, ulong seed)
    {
        var order = Enumerable.Range(0, images).ToArray();
        new CounterRandom(seed).Shuffle<int>(order);
        return order[..Math.Min(count, images)];
    }

    /// <summary>Features of length 1, [anchors, d], outside every scope; owned by the caller.</summary>
    public static Tensor Directions(FeatureMatrix features, int[] anchors, Device? device = null)
    {
        using var scope = NewDisposeScope();
        using var chosen = features.Select(anchors);
        using var rows = FeatureTensors.Table(chosen);
        return nn.functional.normalize(rows, p: 2, dim: 1).to(device ?? CPU).DetachFromDisposeScope();
    }
}
