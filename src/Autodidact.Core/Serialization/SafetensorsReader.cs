using System.Buffers.Binary;
using System.Text.Json;
using Autodidact.Files;

namespace Autodidact.Serialization;

/// <summary>
/// Reads safetensors files strictly: the header's length, types, shapes and offsets must agree with each other and with the file's size,
/// and the tensors must cover the data without gap or overlap. Anything else is refused before a byte of data is used.
/// </summary>
internal sealed class SafetensorsReader : ITensorReader
{
    /// <summary>
    /// Room for over 100,000 tensors. The format allows six times as much; in memory a header takes twenty times its size.
    /// </summary>
    private const long LargestHeader = 16 << 20;

    /// <summary>PyTorch's own limit.</summary>
    private const int MostDimensions = 64;

    /// <summary>Names go into messages and tables.</summary>
    private const int LongestName = 500;

    private static readonly string[] _typeNames = Enum.GetNames<TensorType>();
    private readonly FileStream _stream;
    private readonly string _path;
    private readonly long _dataStart;
    private readonly Dictionary<string, (SafetensorsEntry Entry, long Start)> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">There is none, or it is not a whole safetensors file; kind Data.</exception>
    public SafetensorsReader(string path)
    {
        _path = path;
        try
        {
            _stream = RegularFile.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: no such file: check the path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be opened ({OneLine.From(e.Message)}): check the path and its permissions", e);
        }

        try
        {
            Span<byte> prefix = stackalloc byte[8];
            var hasLength = _stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) == 8;
            var length = hasLength ? BinaryPrimitives.ReadInt64LittleEndian(prefix) : -1;
            if (length is < 2 or > LargestHeader || length > _stream.Length - 8)
            {
                throw Bad("its header length is impossible");
            }

            _dataStart = 8 + length;
            var header = new byte[length];
            _stream.ReadExactly(header);
            ReadHeader(header);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => [.. _entries.Values.OrderBy(e => e.Start).Select(e => e.Entry)];

    /// <summary>Free text by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>A tensor's entry, or null.</summary>
    /// <param name="name">Its name.</param>
    public SafetensorsEntry? Find(string name) => _entries.TryGetValue(name, out var found) ? found.Entry : null;

    /// <inheritdoc/>
    public void Read(string name, Span<byte> destination) => Read(name, destination, 0);

    /// <summary>Reads some of a tensor's bytes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="destination">Room for the part wanted.</param>
    /// <param name="offset">Where to begin, in bytes from the tensor's start.</param>
    public void Read(string name, Span<byte> destination, long offset)
    {
        var (entry, start) = _entries.TryGetValue(name, out var found) ? found : throw Bad($"it has no tensor '{name}'");
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, entry.ByteCount, nameof(destination));
        _stream.Position = _dataStart + start + offset;
        if (_stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
        {
            throw Bad($"it became shorter while tensor '{name}' was read");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void ReadHeader(byte[] header)
    {
        if (header[0] != '{')
        {
            throw Bad("its header does not begin with a brace");
        }

        try
        {
            using var json = JsonDocument.Parse(header);
            var hasMetadata = false;
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    if (hasMetadata)
                    {
                        throw Bad("it has metadata twice");
                    }

                    hasMetadata = true;
                    ReadMetadata(property.Value);
                    continue;
                }

                if (property.Name.Length > LongestName || property.Name.Any(char.IsControl))
                {
                    throw Bad($"the name of one of its tensors holds control characters or is longer than {LongestName}");
                }

                var (entry, start, end) = ReadEntry(property);
                if (start < 0 || end < start || end > _stream.Length - _dataStart || end - start != entry.ByteCount)
                {
                    throw Bad($"the place of tensor '{OneLine.From(entry.Name)}' is impossible");
                }

                if (!_entries.TryAdd(entry.Name, (entry, start)))
                {
                    throw Bad($"it has two tensors '{OneLine.From(entry.Name)}'");
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or OverflowException or IndexOutOfRangeException)
        {
            throw Bad("its header cannot be read", e);
        }

        long position = 0;
        foreach (var (entry, start) in _entries.Values.OrderBy(e => e.Start).ThenBy(e => e.Entry.ByteCount))
        {
            if (start != position)
            {
                throw Bad($"tensor '{OneLine.From(entry.Name)}' leaves a gap or overlaps another");
            }

            position += entry.ByteCount;
        }

        if (position != _stream.Length - _dataStart)
        {
            throw Bad($"it has {_stream.Length - _dataStart} bytes of data where its header tells of {position}");
        }
    }

    private void ReadMetadata(JsonElement metadata)
    {
        foreach (var item in metadata.EnumerateObject())
        {
            if (!_metadata.TryAdd(item.Name, item.Value.GetString() ?? throw Bad("its metadata is not text")))
            {
                throw Bad($"its metadata says '{OneLine.From(item.Name)}' twice");
            }
        }
    }

    private (SafetensorsEntry Entry, long Start, long End) ReadEntry(JsonProperty property)
    {
        // Of two values under one name readers take the first or the last: a file that means something else to each is refused.
        var tensor = OneLine.From(property.Name);
        if (property.Value.EnumerateObject().Count() != 3)
        {
            throw Bad($"tensor '{tensor}' is not described by its type, shape and place alone");
        }

        // Enum.Parse would also take numbers and lists.
        var name = property.Value.GetProperty("dtype").GetString();
        var index = Array.IndexOf(_typeNames, name);
        if (index < 0)
        {
            throw Bad($"tensor '{tensor}' has the element type {OneLine.From(name ?? "null")}, which is not supported");
        }

        var dimensions = property.Value.GetProperty("shape");
        if (dimensions.GetArrayLength() > MostDimensions)
        {
            throw Bad($"tensor '{tensor}' has more than {MostDimensions} dimensions");
        }

        var shape = dimensions.EnumerateArray().Select(d => d.GetInt64()).ToArray();
        if (shape.Any(d => d < 0))
        {
            throw Bad($"tensor '{tensor}' has a negative dimension");
        }

        if (shape.Contains(0))
        {
            // Beside a dimension of zero the others count for nothing, but libtorch multiplies them all the same.
            _ = new SafetensorsEntry("", TensorType.F64, [.. shape.Where(d => d > 0)]).ByteCount;
        }

        var offsets = property.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
        {
            throw Bad($"the place of tensor '{tensor}' is impossible");
        }

        var type = Enum.GetValues<TensorType>()[index];
        return (new SafetensorsEntry(property.Name, type, shape), offsets[0].GetInt64(), offsets[1].GetInt64());
    }

    private AutodidactException Bad(string what, Exception? cause = null) =>
        new(FailureKind.Data, $"{_path}: not a whole safetensors file: {what}: write it again or choose another", cause);
}
