using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using Autodidact.Files;

namespace Autodidact.Serialization;

/// <summary>
/// Reads the tensors of a PyTorch checkpoint (<c>.pth</c>, <c>.pt</c>; the zip form of 1.6 and later, and the form before it) without
/// Python and without running anything of the file: see <see cref="PickleReader"/>, which also says why no package reads the pickle.
/// Dictionaries are flattened, their keys joined with dots; everything but tensors is left out.
/// </summary>
internal sealed class TorchFileReader : ITensorReader
{
    private const long LargestPickle = 1 << 26;
    private const int MostEntries = 1_000_000;

    private static readonly BigInteger LegacyMagic =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private const long LegacyVersion = 1001;

    /// <summary>
    /// Protocol 2, then an integer of ten bytes: the magic number. No safetensors header is as long as these bytes would make it.
    /// </summary>
    private static ReadOnlySpan<byte> LegacyHead => [0x80, 2, 0x8a, 10];

    /// <summary>Each tensor has a file in the archive; the largest networks have some thousands.</summary>
    private const int MostStorages = 100_000;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ZipArchive? _archive;
    private readonly string _root = "";
    private readonly Dictionary<string, long> _legacyStarts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchTensorReference> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Opens a file and checks everything but the numbers in it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">There is none, or it is not a whole checkpoint of tensors; kind Data.</exception>
    public TorchFileReader(string path)
    {
        _path = path;
        _stream = OpenForReading(path);
        try
        {
            if (IsZip(_stream))
            {
                if (ZipDirectory.Refusal(_stream, MostStorages) is { } refusal) throw new InvalidDataException($"it {refusal}");
                _archive = new ZipArchive(_stream, ZipArchiveMode.Read, leaveOpen: true);
                (_root, var root) = ReadZip(_archive);
                Take(root);
            }
            else
            {
                Take(ReadLegacy());
            }

            foreach (var (name, tensor) in _tensors)
            {
                CheckStorage(name, tensor.Storage);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OverflowException or NotSupportedException)
        {
            Dispose();
            throw Bad(e.Message, e);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<SafetensorsEntry> Entries => [.. _entries.Values];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>Whether a file begins as a PyTorch checkpoint does.</summary>
    /// <param name="path">The file.</param>
    public static bool Recognizes(string path)
    {
        using var stream = OpenForReading(path);
        Span<byte> head = stackalloc byte[LegacyHead.Length];
        return IsZip(stream)
            || (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual(LegacyHead));
    }

    /// <inheritdoc/>
    public SafetensorsEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Read(string name, Span<byte> destination)
    {
        var tensor = _tensors.TryGetValue(name, out var found) ? found : throw Bad($"it has no tensor '{name}'");
        var entry = _entries[name];
        if (destination.Length != entry.ByteCount)
        {
            throw new ArgumentException($"'{name}' has {entry.ByteCount} bytes, the destination {destination.Length}", nameof(destination));
        }

        if (destination.IsEmpty)
        {
            return;
        }

        try
        {
            if (IsContiguous(tensor))
            {
                ReadStorage(tensor.Storage, tensor.Offset, destination);
            }
            else
            {
                Gather(tensor, destination);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Bad($"tensor '{name}' cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _archive?.Dispose();
        _stream.Dispose();
    }

    private static FileStream OpenForReading(string path)
    {
        try
        {
            return RegularFile.Open(path);
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
    }

    private static bool IsZip(FileStream stream)
    {
        Span<byte> head = stackalloc byte[4];
        var whole = stream.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4;
        stream.Position = 0;
        return whole && head.SequenceEqual("PK\x03\x04"u8);
    }

    private static (string Root, object? Value) ReadZip(ZipArchive archive)
    {
        var pickle = archive.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException("the zip holds no data.pkl");
        var root = pickle.FullName[..^"data.pkl".Length];
        if (archive.GetEntry(root + "byteorder") is { } order)
        {
            using var reader = new StreamReader(order.Open());
            var text = new char[8];
            if (new string(text, 0, reader.ReadBlock(text)).Trim() != "little")
            {
                throw new InvalidDataException("it was written on a big-endian machine");
            }
        }

        if (pickle.Length > LargestPickle)
        {
            throw new InvalidDataException($"its pickle is larger than {LargestPickle >> 20} MB");
        }

        // PyTorch packs nothing. A packed pickle of a few kilobytes could unfold to a thousand times as much.
        if (pickle.CompressedLength != pickle.Length)
        {
            throw new InvalidDataException("its pickle is packed");
        }

        var bytes = new byte[pickle.Length];
        using (var packed = pickle.Open())
        {
            packed.ReadExactly(bytes);
        }

        using var content = new MemoryStream(bytes);
        return (root, new PickleReader(content, TorchObjects.Construct, TorchObjects.Storage).Read());
    }

    /// <summary>
    /// Magic number, version and system, then the pickled object, the storages' names, and each storage's length and elements.
    /// </summary>
    private object? ReadLegacy()
    {
        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        if (Next() is not BigInteger magic || magic != LegacyMagic)
        {
            throw new InvalidDataException("it is neither a zip nor a checkpoint of PyTorch before 1.6");
        }

        if (Next() is not LegacyVersion)
        {
            throw new InvalidDataException("its version is unknown");
        }

        if (Next() is not PickleDictionary system || system.Items.Any(i => i is { Key: "little_endian", Value: false }))
        {
            throw new InvalidDataException("it was written on a big-endian machine");
        }

        var root = Next();
        if (Next() is not List<object?> { Count: <= MostEntries } keys)
        {
            throw new InvalidDataException("the list of its storages is missing");
        }

        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var key in keys.Select(k => k as string ?? throw new InvalidDataException("a storage has no name")))
        {
            _stream.ReadExactly(length);
            var storage = storages.GetValueOrDefault(key)
                ?? throw new InvalidDataException($"nothing uses its storage {OneLine.From(key)}");
            if (BinaryPrimitives.ReadInt64LittleEndian(length) != storage.Count || !_legacyStarts.TryAdd(key, _stream.Position))
            {
                throw new InvalidDataException($"its storage {OneLine.From(key)} is not of the length it should be");
            }

            var end = checked(_stream.Position + (storage.Count * SafetensorsEntry.SizeOf(storage.Type)));
            _stream.Position = end <= _stream.Length ? end : throw new InvalidDataException("it ends too early");
        }

        return root;

        object? Next() => new PickleReader(
            _stream,
            TorchObjects.Construct,
            identifier =>
            {
                var storage = TorchObjects.Storage(identifier);
                return storages.TryGetValue(storage.Key, out var known) ? known : storages[storage.Key] = storage;
            }).Read();
    }

    private void Take(object? root)
    {
        foreach (var (name, tensor) in TorchObjects.Tensors(root))
        {
            if (name.Any(char.IsControl))
            {
                throw new InvalidDataException("the name of one of its tensors holds control characters");
            }

            _tensors[name] = tensor;
            _entries[name] = new SafetensorsEntry(name, tensor.Storage.Type, tensor.Shape);
        }

        if (_tensors.Count == 0)
        {
            throw new InvalidDataException("it holds no tensors by name");
        }
    }

    private void CheckStorage(string name, TorchStorage storage)
    {
        var bytes = checked(storage.Count * SafetensorsEntry.SizeOf(storage.Type));
        var whole = _archive is null
            ? _legacyStarts.ContainsKey(storage.Key)
            : _archive.GetEntry($"{_root}data/{storage.Key}") is { } entry
                && entry.Length == bytes && entry.CompressedLength == bytes && IsInFile(entry);
        if (!whole)
        {
            throw new InvalidDataException($"the numbers of tensor '{OneLine.From(name)}' are missing, packed, or of another length");
        }
    }

    /// <summary>
    /// Whether the file holds as many bytes as the zip's directory promises: a caller makes room for them before it reads.
    /// </summary>
    private bool IsInFile(ZipArchiveEntry entry)
    {
        if (entry.Length > _stream.Length)
        {
            return false;
        }

        using var data = entry.Open();
        return true;
    }

    /// <summary>Elements of a storage from <paramref name="first"/> on, as many as fit.</summary>
    private void ReadStorage(TorchStorage storage, long first, Span<byte> destination)
    {
        var skip = first * SafetensorsEntry.SizeOf(storage.Type);
        if (_archive is null)
        {
            _stream.Position = _legacyStarts[storage.Key] + skip;
            _stream.ReadExactly(destination);
            return;
        }

        using var data = _archive.GetEntry($"{_root}data/{storage.Key}")!.Open();
        Span<byte> passed = stackalloc byte[1024];
        while (skip > 0)
        {
            var part = passed[..(int)Math.Min(skip, passed.Length)];
            data.ReadExactly(part);
            skip -= part.Length;
        }

        data.ReadExactly(destination);
    }

    /// <summary>A tensor whose elements do not lie in order: a transposed or channels-last one.</summary>
    private void Gather(TorchTensorReference tensor, Span<byte> destination)
    {
        var size = SafetensorsEntry.SizeOf(tensor.Storage.Type);
        var span = 1 + tensor.Shape.Select((d, i) => (d - 1) * tensor.Strides[i]).Sum();
        var window = new byte[checked(span * size)];
        ReadStorage(tensor.Storage, tensor.Offset, window);
        var index = new long[tensor.Shape.Length];
        for (var to = 0; to < destination.Length; to += size)
        {
            long from = 0;
            for (var d = 0; d < index.Length; d++)
            {
                from += index[d] * tensor.Strides[d];
            }

            window.AsSpan(checked((int)(from * size)), size).CopyTo(destination[to..]);
            for (var d = index.Length - 1; d >= 0 && ++index[d] == tensor.Shape[d]; d--)
            {
                index[d] = 0;
            }
        }
    }

    private static bool IsContiguous(TorchTensorReference tensor)
    {
        long expected = 1;
        for (var d = tensor.Shape.Length - 1; d >= 0; d--)
        {
            if (tensor.Shape[d] != 1 && tensor.Strides[d] != expected)
            {
                return false;
            }

            expected *= tensor.Shape[d];
        }

        return true;
    }

    private AutodidactException Bad(string what, Exception? cause = null) => new(
        FailureKind.Data,
        $"{_path}: not a PyTorch checkpoint that can be read: {OneLine.From(what)}: "
        + "in Python, save the plain weights again: torch.save(model.state_dict(), FILE)",
        cause);
}
