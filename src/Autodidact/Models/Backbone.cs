using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// A convolutional network without a head: from images float32 [B, 3, S, S] to the feature map of each stage, and by global average pooling
/// of the last one to a feature [B, <see cref="FeatureSize"/>].
/// </summary>
/// <param name="name">Name of the module.</param>
public abstract class Backbone(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Channels of each stage's map, shallow to deep.</summary>
    public abstract IReadOnlyList<int> StageChannels { get; }

    /// <summary>Size of the pooled feature.</summary>
    public int FeatureSize => StageChannels[^1];

    /// <summary>Arithmetic of training. <see cref="ForwardStage"/> alone leaves it to its caller.</summary>
    internal Precision Precision { get; set; }

    /// <summary>Feature maps of the stages, shallow to deep: [B, C_i, H_i, W_i].</summary>
    /// <param name="images">float32 [B, 3, S, S], channels-last.</param>
    public IReadOnlyList<Tensor> ForwardStages(Tensor images)
    {
        var maps = new Tensor[StageChannels.Count];
        for (var stage = 0; stage < maps.Length; stage++)
        {
            maps[stage] = ForwardStage(stage, stage == 0 ? images : maps[stage - 1]);
        }

        return maps;
    }

    /// <summary>Map of one stage, from the images; deeper stages are not run.</summary>
    /// <param name="images">float32 [B, 3, S, S], channels-last.</param>
    /// <param name="stage">0 is the shallowest.</param>
    public Tensor ForwardTo(Tensor images, int stage)
    {
        var map = images;
        for (var i = 0; i <= stage; i++)
        {
            map = ForwardStage(i, map);
        }

        return map;
    }

    /// <summary>One stage: images (stage 0, with the stem) or the previous stage's map in, its map out.</summary>
    /// <param name="stage">0 is the shallowest.</param>
    /// <param name="input">Images or the previous map.</param>
    public abstract Tensor ForwardStage(int stage, Tensor input);

    /// <summary>A network of the same shape, state and precision that shares nothing with this one.</summary>
    public abstract Backbone Copy();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        using var mixed = MixedPrecision.Enter(training && Precision == Precision.Mixed, input.device_type);
        return Pool(ForwardStages(input)[^1]).MoveToOuterDisposeScope();
    }

    /// <summary>Global average pooling: [B, C] in float32, of a float64 map in float64.</summary>
    /// <param name="map">[B, C, H, W].</param>
    internal static Tensor Pool(Tensor map) =>
        map.mean([2L, 3L], type: map.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
}
