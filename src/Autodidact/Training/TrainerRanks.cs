using System.Runtime.InteropServices;
using Autodidact.Models;
using Autodidact.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <content>How ranks begin a training together.</content>
public sealed partial class Trainer
{
    /// <summary>Refuses what ranks cannot train, and lets the network's norms see all ranks' rows.</summary>
    private void JoinRanks()
    {
        if (Ranks.Size > 1 && !_objective.DividesAmongRanks)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"{_objective.Name}: it is not divided among ranks, since its loss needs whole batches: use threads=1");
        }

        if (Ranks.Size > 1 && _device.type != DeviceType.CPU)
        {
            throw new AutodidactException(
                FailureKind.Environment,
                $"{Ranks.Size} ranks on {_device}: ranks train together on the CPU alone: use device=cpu, or one process");
        }

        if (Ranks.Size > _plan.BatchSize / 2)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{Ranks.Size} ranks for batches of {_plan.BatchSize} images: each needs 2, use fewer ranks or larger batches");
        }

        foreach (var norm in _objective.Network.modules().OfType<BatchNormalization>()) norm.Ranks = Ranks;

        // A machine may have had images to pack.
        Ranks.Meet(patiently: true);
    }

    /// <summary>Gives every rank the first one's state, whatever it was made with or had read.</summary>
    private TrainerState Share(TrainerState state)
    {
        if (Ranks.Size == 1) return state;
        using var scope = NewDisposeScope();
        double[] position = [state.Step, state.Seconds];
        Ranks.Broadcast(MemoryMarshal.AsBytes(position.AsSpan()));
        foreach (var (_, tensor) in NamedTensors().OrderBy(t => t.Key, StringComparer.Ordinal)) Ranks.Broadcast(tensor);
        return new TrainerState((long)position[0], position[1]);
    }
}
