using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>The colour channels that a network takes.</summary>
internal static class InputChannels
{
    /// <summary>Weight of the first convolution, as torchvision names it.</summary>
    private const string FirstWeight = "conv1.weight";

    /// <summary>Makes a network that wants blue first take red first: the first convolution's weights change places.</summary>
    /// <param name="network">The network.</param>
    public static void Reverse(Backbone network)
    {
        using var still = no_grad();
        using var scope = NewDisposeScope();
        var (_, weight) = network.named_parameters().Single(one => one.name == FirstWeight);
        weight.copy_(weight.flip(1));
    }
}
