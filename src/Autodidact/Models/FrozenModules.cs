using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>Networks that teach and do not learn.</summary>
internal static class FrozenModules
{
    /// <summary>Puts a module into evaluation mode and takes its gradients away, in place.</summary>
    public static TModule Frozen<TModule>(this TModule module)
        where TModule : nn.Module
    {
        foreach (var parameter in module.parameters()) parameter.requires_grad = false;
        module.eval();
        return module;
    }
}
