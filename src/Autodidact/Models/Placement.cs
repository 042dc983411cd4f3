using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>The device that a network lies on. Whatever works with the network follows it there.</summary>
internal static class Placement
{
    /// <summary>The device of a network's tensors; the CPU where it has none.</summary>
    /// <param name="module">The network.</param>
    public static Device DeviceOf(this nn.Module module) =>
        module.parameters().FirstOrDefault()?.device ?? module.buffers().FirstOrDefault()?.device ?? CPU;

    /// <summary>
    /// Moves a network in place. Its tensors become others, so nobody may hold them from before; weights keep their layout.
    /// </summary>
    /// <param name="module">The network.</param>
    /// <param name="device">The device; null leaves it where it is.</param>
    public static TModule On<TModule>(this TModule module, Device? device)
        where TModule : nn.Module
    {
        if (device is not null) module.to(device);
        return module;
    }
}
