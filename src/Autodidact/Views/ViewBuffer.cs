using TorchSharp;

namespace Autodidact.Views;

/// <summary>
/// Memory of one batch, held by a flat torch tensor: workers write through its address and the batch's tensors are slices of it,
/// so that pixels are never copied.
/// </summary>
internal sealed unsafe class ViewBuffer : IDisposable
{
    internal ViewBuffer(long length, bool pinned = false)
    {
        Flat = torch.empty([length], torch.float32, torch.CPU).DetachFromDisposeScope();
        if (pinned)
        {
            using var pageable = Flat;
            Flat = pageable.pin_memory().DetachFromDisposeScope();
        }

        Length = length;

        // TorchSharp's spans end at 2 GiB, memory does not: the first element gives the address.
        using var first = Flat.narrow(0, 0, 1);
        fixed (byte* start = first.bytes)
        {
            // Native memory: the address stays good as long as the tensor lives.
            Start = (float*)start;
        }
    }

    internal torch.Tensor Flat { get; }

    internal long Length { get; }

    internal float* Start { get; }

    public void Dispose() => Flat.Dispose();
}
