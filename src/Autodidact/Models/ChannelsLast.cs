using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Channels-last strides (NHWC in memory, NCHW in shape), which select oneDNN's faster kernels. TorchSharp has no memory-format argument,
/// but strides carry through its operations.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>The same values with channels-last strides.</summary>
    /// <param name="tensor">[N, C, H, W].</param>
    public static Tensor ToChannelsLast(this Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>Gives every four-dimensional parameter of a module channels-last strides, in place.</summary>
    /// <param name="module">The module.</param>
    public static void ToChannelsLast(this nn.Module module)
    {
        using var noGrad = no_grad();
        foreach (var (_, parameter) in module.named_parameters())
        {
            if (parameter.dim() == 4)
            {
                using var scope = NewDisposeScope();
                parameter.set_(ToChannelsLast(parameter.detach()));
            }
        }
    }
}
