using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Training.Parts;

/// <summary>
/// A moving average of a network's outputs, taken off them so that no output can win for all images: the centre of DINO, Caron et al., ICCV
/// 2021, arXiv 2104.14294, equation 4. It begins at 0.
/// </summary>
internal sealed class OutputCenter : IDisposable
{
    private readonly Tensor _mean;

    /// <summary>A centre of nothing yet.</summary>
    /// <param name="outputs">Outputs of the network.</param>
    /// <param name="device">Where it lies; null is the CPU.</param>
    public OutputCenter(long outputs, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _mean = zeros(1, outputs, device: device ?? CPU).DetachFromDisposeScope();
    }

    /// <summary>The centre as it stands, [1, outputs]; an update changes it.</summary>
    public Tensor Mean => _mean;

    /// <summary>The tensors that a checkpoint keeps.</summary>
    /// <param name="name">Name of the centre.</param>
    public KeyValuePair<string, Tensor> State(string name) => new(name, _mean);

    /// <summary>centre = momentum centre + (1 - momentum) mean over the batch.</summary>
    /// <param name="outputs">[B, outputs].</param>
    /// <param name="momentum">0 takes the batch's mean, 1 leaves the centre as it is.</param>
    public void Update(Tensor outputs, double momentum)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (outputs.dim() != 2 || outputs.shape[1] != _mean.shape[1])
        {
            throw new ArgumentException($"expected [B, {_mean.shape[1]}], got [{string.Join(", ", outputs.shape)}]", nameof(outputs));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _mean.MultiplyInPlace(momentum).AddInPlace(outputs.mean([0L], keepdim: true), 1 - momentum);
    }

    /// <inheritdoc/>
    public void Dispose() => _mean.Dispose();
}
