using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>The depthwise-separable block of the separable branches and of their gates.</summary>
internal static class SeparableBlock
{
    /// <summary>depthwise 3x3, 1x1 (cin to cin), BN, ReLU, depthwise 3x3 of stride 1, 1x1 (cin to cout), BN, ReLU.</summary>
    public static Sequential Make(long inputs, long outputs, long stride) => nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride: stride, padding: 1, groups: inputs, bias: false),
        nn.Conv2d(inputs, inputs, 1, bias: false),
        new BatchNormalization(inputs),
        nn.ReLU(inplace: true),
        nn.Conv2d(inputs, inputs, 3, padding: 1, groups: inputs, bias: false),
        nn.Conv2d(inputs, outputs, 1, bias: false),
        new BatchNormalization(outputs),
        nn.ReLU(inplace: true));
}
