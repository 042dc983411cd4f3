using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Autodidact.Files;

namespace Autodidact.Serialization;

/// <summary>
/// Writes tensors as a PyTorch checkpoint (<c>.pth</c>, zip form): a plain state dictionary that <c>torch.load</c> reads,
/// <c>weights_only</c> too.
/// </summary>
internal static class TorchFileWriter
{
    private const string Root = "archive";

    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="entries">Its tensors, in the order of the dictionary.</param>
    /// <param name="write">Writes all bytes of one tensor, contiguous, little-endian.</param>
    public static void Write(string path, IReadOnlyList<SafetensorsEntry> entries, Action<SafetensorsEntry, Stream> write) =>
        AtomicFile.Write(path, file =>
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
            Add(archive, "data.pkl", stream => stream.Write(Pickle(entries)));
            Add(archive, "byteorder", stream => stream.Write("little"u8));
            for (var i = 0; i < entries.Count; i++)
            {
                var entry = entries[i];
                Add(archive, $"data/{i}", stream => write(entry, stream));
            }

            Add(archive, "version", stream => stream.Write("3\n"u8));
        });

    private static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        // torch.load maps the numbers where they lie: they must not be packed.
        using var stream = archive.CreateEntry($"{Root}/{name}", CompressionLevel.NoCompression).Open();
        write(stream);
    }

    /// <summary>OrderedDict of <c>_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())</c>, protocol 2.</summary>
    private static byte[] Pickle(IReadOnlyList<SafetensorsEntry> entries)
    {
        var pickle = new MemoryStream();
        Bytes([0x80, 2]);
        Global("collections", "OrderedDict");
        Bytes(")R("u8);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            Text(entry.Name);
            Global("torch._utils", "_rebuild_tensor_v2");
            Bytes("(("u8);
            Text("storage");
            Global("torch", StorageOf(entry.Type));
            Text(FormattableString.Invariant($"{i}"));
            Text("cpu");
            Integer(entry.Shape.Aggregate(1L, (a, b) => a * b));
            Bytes("tQ"u8);
            Integer(0);
            Tuple(entry.Shape);
            Tuple(Strides(entry.Shape));
            Bytes([0x89]);
            Global("collections", "OrderedDict");
            Bytes(")RtR"u8);
        }

        Bytes("u."u8);
        return pickle.ToArray();

        void Bytes(ReadOnlySpan<byte> bytes) => pickle.Write(bytes);

        void Global(string module, string name) => Bytes(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

        void Text(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            Span<byte> head = stackalloc byte[5];
            head[0] = (byte)'X';
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], utf8.Length);
            Bytes(head);
            Bytes(utf8);
        }

        void Integer(long value)
        {
            Span<byte> number = stackalloc byte[10];
            number[0] = 0x8a;
            number[1] = 8;
            BinaryPrimitives.WriteInt64LittleEndian(number[2..], value);
            Bytes(number);
        }

        void Tuple(IEnumerable<long> values)
        {
            Bytes("("u8);
            foreach (var value in values)
            {
                Integer(value);
            }

            Bytes("t"u8);
        }
    }

    private static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        long stride = 1;
        for (var d = shape.Count - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= Math.Max(1, shape[d]);
        }

        return strides;
    }

    private static string StorageOf(TensorType type) => type switch
    {
        TensorType.F32 => "FloatStorage",
        TensorType.F64 => "DoubleStorage",
        TensorType.F16 => "HalfStorage",
        TensorType.BF16 => "BFloat16Storage",
        TensorType.I64 => "LongStorage",
        TensorType.I32 => "IntStorage",
        TensorType.I16 => "ShortStorage",
        TensorType.I8 => "CharStorage",
        TensorType.U8 => "ByteStorage",
        TensorType.BOOL => "BoolStorage",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no storage of this type is known"),
    };
}
