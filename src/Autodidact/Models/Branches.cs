using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>The branches of shallow exits: from a stage's map to one of the deepest stage's channels.</summary>
internal static class Branches
{
    /// <summary>Width of the narrow part of a bottleneck branch over the deepest width; the authors' 128 of 512.</summary>
    private const int BottleneckDivisor = 4;

    /// <summary>A branch.</summary>
    /// <param name="options">Design and attention.</param>
    /// <param name="channels">Channels of the stages.</param>
    /// <param name="stage">The exit's stage.</param>
    /// <exception cref="ArgumentOutOfRangeException">No branch of this design is known.</exception>
    public static nn.Module<Tensor, Tensor> Make(MultiExitOptions options, IReadOnlyList<int> channels, int stage)
    {
        List<nn.Module<Tensor, Tensor>> layers = [];
        if (options.Attention) layers.Add(Gate(options.Branch, channels[stage]));
        layers.AddRange(options.Branch switch
        {
            BranchDesign.Separable =>
                Enumerable.Range(stage, channels.Count - 1 - stage).Select(
                    s => SeparableBlock.Make(channels[s], channels[s + 1], stride: 2)),
            BranchDesign.Bottleneck => [Bottleneck(channels[stage], channels[^1], 1 << (channels.Count - 1 - stage))],
            _ => throw Unknown(options.Branch),
        });
        return nn.Sequential(layers);
    }

    private static nn.Module<Tensor, Tensor> Gate(BranchDesign branch, int channels) => branch switch
    {
        BranchDesign.Separable => new SeparableAttention(channels),
        BranchDesign.Bottleneck => new TransposedAttention(channels),
        _ => throw Unknown(branch),
    };

    private static ArgumentOutOfRangeException Unknown(BranchDesign branch) =>
        new(nameof(branch), branch, "no branch of this design is known");

    private static Sequential Bottleneck(long inputs, long outputs, long kernel)
    {
        var width = Math.Max(1, outputs / BottleneckDivisor);
        return nn.Sequential(
            nn.Conv2d(inputs, width, 1, bias: false),
            new BatchNormalization(width),
            nn.ReLU(inplace: true),
            new FittingConvolution(width, width, kernel),
            new BatchNormalization(width),
            nn.ReLU(inplace: true),
            nn.Conv2d(width, outputs, 1, bias: false),
            new BatchNormalization(outputs),
            nn.ReLU(inplace: true));
    }
}
