using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <content>The tensors that a checkpoint holds.</content>
public sealed partial class Trainer
{
    /// <summary>Everything a resumed run needs, by name.</summary>
    private Dictionary<string, Tensor> NamedTensors()
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in _objective.Network.NamedState())
        {
            tensors.Add($"network/{name}", tensor);
        }

        foreach (var (name, tensor) in _objective.State)
        {
            tensors.Add($"objective/{name}", tensor);
        }

        foreach (var (name, tensor) in _optimizer.State)
        {
            tensors.Add($"optimizer/{name}", tensor);
        }

        // Gradients matter only inside an accumulation.
        foreach (var (name, parameter) in _groups.SelectMany(g => g.Parameters))
        {
            if (_options.Optimizer.Accumulation > 1)
            {
                tensors.Add($"gradient/{name}", parameter.grad ?? zeros_like(parameter));
            }
        }

        return tensors;
    }

    private TrainerState Restore(string path)
    {
        using var scope = NewDisposeScope();
        var tensors = NamedTensors();
        var state = TrainerState.Read(path, tensors, _options.Steps);
        foreach (var (name, parameter) in _groups.SelectMany(g => g.Parameters))
        {
            // Zeros stand for a parameter that no loss has reached since the last update: it has no gradient, and does not move.
            if (tensors.TryGetValue($"gradient/{name}", out var gradient))
                parameter.grad = gradient.any().item<bool>() ? gradient.DetachFromDisposeScope() : null;
        }

        return state;
    }
}
