using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// A tensor in memory as rows of channels: [B, C], or [B, C, H, W] with channels-last strides. bfloat16 is computed with as float32, a
/// block at a time.
/// </summary>
/// <typeparam name="T">What is computed with: float or double.</typeparam>
internal sealed unsafe class ChannelRows<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    // Few enough that float32 sums of them lose nothing that matters, and that a block stays in the cache between its passes.
    private const int BlockElements = 16_384;
    private const int MostBlockRows = 512;

    private readonly Tensor _flat;
    private readonly void* _data;
    private readonly T* _scratch;

    /// <summary>Opens a tensor; it must outlive the rows.</summary>
    /// <param name="tensor">On the CPU, of <typeparamref name="T"/> or bfloat16.</param>
    /// <exception cref="ArgumentException">Its channels do not lie side by side.</exception>
    public ChannelRows(Tensor tensor)
    {
        _flat = tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1) : tensor.alias();
        if (!_flat.is_contiguous()) throw new ArgumentException("channels do not lie side by side", nameof(tensor));
        Channels = (int)tensor.shape[1];
        Count = tensor.numel() / Channels;
        _data = tensor.numel() == 0 ? null : Unsafe.AsPointer(ref MemoryMarshal.GetReference(_flat.bytes));
        if (tensor.dtype == ScalarType.BFloat16)
            _scratch = (T*)NativeMemory.AlignedAlloc((nuint)(MostRows * Channels * sizeof(T)), 64);
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>Most rows that may be read or written at once.</summary>
    public int MostRows => Math.Clamp(BlockElements / Channels, 1, MostBlockRows);

    /// <summary>B, or B * H * W.</summary>
    public long Count { get; }

    /// <summary>Rows to read; valid until the next call.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    public T* Read(long from, int count)
    {
        if (_scratch is null) return (T*)_data + (from * Channels);
        BFloat16.Widen((ushort*)_data + (from * Channels), (long)count * Channels, (float*)_scratch);
        return _scratch;
    }

    /// <summary>Where to write rows, before <see cref="Write"/>.</summary>
    /// <param name="from">The first.</param>
    public T* Place(long from) => _scratch is null ? (T*)_data + (from * Channels) : _scratch;

    /// <summary>Ends the writing of rows.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    public void Write(long from, int count)
    {
        if (_scratch is not null)
            BFloat16.Narrow((float*)_scratch, (long)count * Channels, (ushort*)_data + (from * Channels));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_scratch);
        _flat.Dispose();
    }
}
