using Autodidact.Training;
using Autodidact.Training.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Discrimination of images by a memory of all of them, in either form of the loss: what <c>npid</c> and <c>rotation-decoupling</c> share.
/// </summary>
internal sealed class InstanceMemory : IDisposable
{
    private readonly InstanceMemoryOptions _options;
    private readonly MemoryBank _bank;

    /// <summary>Z of the estimation by noise; 0 until the first batch has given it.</summary>
    private readonly Tensor _normalizer;

    /// <summary>A memory of random directions, drawn from torch's generator.</summary>
    /// <param name="images">Training images.</param>
    /// <param name="options">Its size, and the loss.</param>
    /// <param name="device">Where it is to lie; null is the CPU.</param>
    public InstanceMemory(long images, InstanceMemoryOptions options, Device? device = null)
    {
        _options = options;
        _bank = new MemoryBank(images, options.Dimension, device);
        _normalizer = zeros(1, device: device ?? CPU).DetachFromDisposeScope();
    }

    /// <summary>Its tensors, for checkpoints.</summary>
    public IReadOnlyDictionary<string, Tensor> State =>
        new Dictionary<string, Tensor>([_bank.State("memory"), new("memory_normalizer", _normalizer)]);

    /// <summary>The loss of a batch against the memory as it was; then the memory takes the batch in.</summary>
    /// <param name="embeddings">Of this rank's images, with gradient: [b, dimension].</param>
    /// <param name="rows">The images of the whole batch: int64 [B].</param>
    /// <param name="batch">The batch, whose loss each rank computes a part of; null is one rank, with torch's generator.</param>
    public Tensor Loss(Tensor embeddings, Tensor rows, ObjectiveBatch? batch = null)
    {
        var own = batch?.Own(rows) ?? rows;
        var all = batch?.Gather(embeddings.detach()) ?? embeddings.detach();
        var loss = _options.Negatives == 0
            ? NonParametricSoftmaxLoss.Compute(embeddings, _bank.Snapshot(), own, _options.Temperature)
            : Estimated(embeddings, own, all, rows, batch?.Random);
        _bank.Update(rows, all, _options.Momentum);
        return batch?.Mean(loss) ?? loss;
    }

    public void Dispose()
    {
        _bank.Dispose();
        _normalizer.Dispose();
    }

    private Tensor Estimated(Tensor embeddings, Tensor own, Tensor all, Tensor rows, Generator? random)
    {
        var negatives = _bank.Rows(Draws.Integers(0, _bank.Images, [_options.Negatives], embeddings.device, random));
        if (_normalizer.ToSingle() == 0)
        {
            using var noGrad = no_grad();
            _normalizer.copy_(NoiseContrastiveLoss.Normalizer(all, _bank.Rows(rows), negatives, _bank.Images, _options.Temperature));
        }

        return NoiseContrastiveLoss.Compute(
            embeddings, _bank.Rows(own), negatives, _bank.Images, _normalizer.ToSingle(), _options.Temperature);
    }
}

/// <summary>Settings of an <see cref="InstanceMemory"/>, from a method's options.</summary>
/// <param name="Dimension">Size of an embedding.</param>
/// <param name="Temperature">Temperature of the loss.</param>
/// <param name="Negatives">Vectors drawn as noise; 0 is the full softmax.</param>
/// <param name="Momentum">Share of a vector that stays.</param>
internal sealed record InstanceMemoryOptions(int Dimension, double Temperature, int Negatives, double Momentum);
