using Autodidact.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Starting weights: convolutions Kaiming-normal by fan-out for ReLU (He et al., ICCV 2015, arXiv 1502.01852), as torchvision's ResNet has
/// them; linear layers uniform within 1/sqrt(inputs), as PyTorch has them; norms stay at (1, 0).
/// </summary>
/// <remarks>
/// Each layer draws from its own generator, seeded by (seed, key name), so neither torch's global generator nor the layers beside it
/// matter: two networks that share a layer's name and shape share its starting weights.
/// </remarks>
internal static class Initialization
{
    /// <summary>Draws the weights of all layers of a module.</summary>
    /// <param name="module">The module; its key names count.</param>
    /// <param name="seed">Seed of the weights.</param>
    public static void Draw(nn.Module module, ulong seed)
    {
        using var noGrad = no_grad();
        foreach (var (name, layer) in module.named_modules())
        {
            switch (layer)
            {
                case Conv2d convolution:
                    DrawNormal(convolution.weight!, seed, name);
                    break;
                case Convolution3x3 convolution:
                    DrawNormal(convolution.Weight, seed, name);
                    break;
                case ConvTranspose2d convolution:
                    DrawNormal(convolution.weight!, seed, name);
                    break;
                case Linear linear:
                    using (var generator = GeneratorOf(seed, name))
                    {
                        var bound = 1 / Math.Sqrt(linear.weight!.shape[1]);
                        Fill(linear.weight, drawn => drawn.uniform_(-bound, bound, generator));
                        if (linear.bias is { } bias) Fill(bias, drawn => drawn.uniform_(-bound, bound, generator));
                    }

                    break;
            }
        }
    }

    /// <summary>Fills a weight with numbers that are the same on every device: elsewhere they are drawn on the CPU and go up.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="draw">Fills a tensor on the CPU.</param>
    public static void Fill(Tensor weight, Action<Tensor> draw)
    {
        if (weight.device_type == DeviceType.CPU)
        {
            draw(weight);
            return;
        }

        using var noGrad = no_grad();
        using var drawn = empty_like(weight, device: CPU);
        draw(drawn);
        weight.copy_(drawn);
    }

    private static void DrawNormal(Tensor weight, ulong seed, string name)
    {
        using var generator = GeneratorOf(seed, name);
        var fanOut = weight.shape[0] * weight.shape[2] * weight.shape[3];
        Fill(weight, drawn => drawn.normal_(0, Math.Sqrt(2.0 / fanOut), generator));
    }

    private static Generator GeneratorOf(ulong seed, string name)
    {
        // FNV-1a: stable from version to version, which string.GetHashCode is not.
        var hash = name.Aggregate(2166136261u, (h, c) => (h ^ c) * 16777619u);
        var random = new CounterRandom(seed, hash);
        return new Generator(((ulong)random.NextUInt32() << 32) | random.NextUInt32());
    }
}
