using Autodidact.Models;
using Autodidact.Native;
using static TorchSharp.torch;

namespace Autodidact.Training.Parts;

/// <summary>
/// A copy of a module whose parameters follow it as an exponential moving average, as in He et al., "Momentum contrast", CVPR 2020, arXiv
/// 1911.05722, equation 2. It is never trained itself. Buffers are not averaged: a copy that is run in training mode gathers batch
/// statistics of its own.
/// </summary>
/// <typeparam name="TModule">Kind of module.</typeparam>
public sealed class MomentumCopy<TModule>
    where TModule : nn.Module
{
    private readonly (Tensor Source, Tensor Copy)[] _parameters;

    /// <summary>Makes the copy equal to the module, parameters and buffers, and takes its gradients away.</summary>
    /// <param name="source">The module that is trained.</param>
    /// <param name="copy">A module of the same shape that follows it; the caller owns both.</param>
    /// <exception cref="ArgumentException">The two differ in a name or a shape.</exception>
    public MomentumCopy(TModule source, TModule copy)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(copy);
        ModuleStore.Copy(source, copy);
        foreach (var parameter in copy.parameters()) parameter.requires_grad = false;
        var trained = source.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        _parameters = [.. copy.named_parameters().Select(p => ((Tensor)trained[p.name], (Tensor)p.parameter))];
        Module = copy;
    }

    /// <summary>The copy.</summary>
    public TModule Module { get; }

    /// <summary>copy = momentum copy + (1 - momentum) source, for every parameter.</summary>
    /// <param name="momentum">0 copies, 1 leaves the copy as it is.</param>
    public void Update(double momentum)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (source, copy) in _parameters)
        {
            copy.MultiplyInPlace(momentum).AddInPlace(source, 1 - momentum);
        }
    }
}
