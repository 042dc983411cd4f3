using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// A tensor in memory as rows of channels: [B, C], or [B, C, H, W] with channels-last strides.
/// </summary>
internal sealed unsafe class ChannelRows : IDisposable
{
    private readonly Tensor _flat;

    /// <summary>Opens a tensor; it must outlive the rows.</summary>
    /// <param name="tensor">On the CPU.</param>
    /// <exception cref="ArgumentException">Its channels do not lie side by side.</exception>
    public ChannelRows(Tensor tensor)
    {
        _flat = tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1) : tensor.alias();
        if (!_flat.is_contiguous()) throw new ArgumentException("channels do not lie side by side", nameof(tensor));
        Channels = (int)tensor.shape[1];
        Count = tensor.numel() / Channels;
        Data = tensor.numel() == 0 ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_flat.bytes));
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>B, or B * H * W.</summary>
    public long Count { get; }

    /// <summary>Where the first row begins.</summary>
    public byte* Data { get; }

    /// <inheritdoc/>
    public void Dispose() => _flat.Dispose();
}
