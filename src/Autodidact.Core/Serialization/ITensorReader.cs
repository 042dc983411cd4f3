namespace Autodidact.Serialization;

/// <summary>A file of named tensors, opened and checked; the data of each is read when asked for.</summary>
internal interface ITensorReader : IDisposable
{
    /// <summary>The tensors.</summary>
    IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Free text by name.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>A tensor's entry, or null.</summary>
    /// <param name="name">Its name.</param>
    SafetensorsEntry? Find(string name);

    /// <summary>Reads all of a tensor, contiguous in row-major order.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="destination">Exactly <see cref="SafetensorsEntry.ByteCount"/> bytes.</param>
    void Read(string name, Span<byte> destination);
}
