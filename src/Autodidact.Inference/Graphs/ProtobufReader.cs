using System.Buffers.Binary;
using System.Text;

namespace Autodidact.Inference.Graphs;

/// <summary>
/// Reads protobuf's wire format field by field, never beyond its bytes. Strict where parsers are lenient: what one reads and another skips
/// could pass the check and still reach ONNX Runtime. Format: https://protobuf.dev/programming-guides/encoding.
/// </summary>
/// <param name="bytes">One message.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private const int MostVarintBytes = 10;

    private static readonly UTF8Encoding _text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>How the current field is written.</summary>
    public WireType Wire { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        if (_at == _bytes.Length)
        {
            return false;
        }

        var key = RawVarint();
        Field = key >> 3 is > 0 and < 1 << 29 ? (int)(key >> 3) : throw Broken();
        Wire = (WireType)(key & 7);
        return Wire is WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32 ? true : throw Broken();
    }

    /// <summary>The current field as an integer.</summary>
    public long Integer() => Wire == WireType.Varint ? (long)RawVarint() : throw Broken();

    /// <summary>The current field as bytes: a message, text or raw data.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Wire == WireType.Bytes ? RawVarint() : throw Broken();
        return length <= (ulong)(_bytes.Length - _at) ? Take((int)length) : throw Broken();
    }

    /// <summary>The current field as text.</summary>
    public string Text()
    {
        try
        {
            return _text.GetString(Bytes());
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("it holds bytes that are no text", e);
        }
    }

    /// <summary>The current field as one of repeated integers, or several of them packed.</summary>
    /// <param name="values">Where they are added.</param>
    /// <param name="most">Number of values that is refused when exceeded.</param>
    public void Integers(List<long> values, int most)
    {
        if (Wire == WireType.Varint)
        {
            values.Add(Integer());
        }
        else
        {
            var packed = new ProtobufReader(Bytes());
            while (packed._at < packed._bytes.Length && values.Count <= most)
            {
                values.Add((long)packed.RawVarint());
            }
        }

        if (values.Count > most)
        {
            throw new InvalidDataException($"it has a list of more than {most} numbers where a graph has few");
        }
    }

    /// <summary>The current field as a float.</summary>
    public float Single() => Wire == WireType.Fixed32 ? BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float))) : throw Broken();

    private ulong RawVarint()
    {
        ulong value = 0;
        for (var i = 0; i < MostVarintBytes; i++)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
        {
            throw Broken();
        }

        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    private static InvalidDataException Broken() => new("it is cut off or no ONNX file");
}

/// <summary>How a protobuf field is written. Groups, which nothing has used for long, are not read.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
