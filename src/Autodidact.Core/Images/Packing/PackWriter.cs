using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Images;

/// <summary>Writes a pack from front to back: pixels as they come, tables at the end, the header last.</summary>
internal sealed class PackWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly int _side;
    private readonly IncrementalHash _fingerprint = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream _sizes = new();
    private readonly MemoryStream _digests = new();
    private readonly MemoryStream _keyEnds = new();
    private readonly MemoryStream _keys = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly byte[] _number = new byte[8];

    public PackWriter(Stream stream, int side)
    {
        _stream = stream;
        _side = side;
        _stream.SetLength(0);
        _stream.Write(new byte[PackLayout.HeaderBytes]);
        AddNumber(side);
        AddNumber(side);
    }

    public int Count { get; private set; }

    public int Duplicates => Count - _seen.Count;

    /// <summary>Appends one image.</summary>
    public void Add(string key, DecodedImage image, byte[] digest)
    {
        _stream.Write(image.Pixels);
        var name = Encoding.UTF8.GetBytes(key);
        AddNumber(name.Length);
        _fingerprint.AppendData(name);
        _fingerprint.AppendData(digest);
        BinaryPrimitives.WriteInt32LittleEndian(_number, image.OriginalHeight);
        BinaryPrimitives.WriteInt32LittleEndian(_number.AsSpan(4), image.OriginalWidth);
        _sizes.Write(_number);
        _digests.Write(digest);
        _keys.Write(name);
        BinaryPrimitives.WriteInt64LittleEndian(_number, _keys.Length);
        _keyEnds.Write(_number);
        _seen.Add(BinaryPrimitives.ReadUInt128LittleEndian(digest));
        Count++;
    }

    /// <summary>Writes tables and header. Only then is the file a pack.</summary>
    public void Finish(IEnumerable<SkippedImage> skipped)
    {
        var skippedText = SkippedCsv.Format(skipped);
        var layout = new PackLayout
        {
            Count = Count,
            Height = _side,
            Width = _side,
            Duplicates = Duplicates,
            KeysBytes = _keys.Length,
            SkippedBytes = skippedText.Length,
            Fingerprint = _fingerprint.GetHashAndReset(),
        };
        PadTo(layout.SizesOffset);
        foreach (var section in (MemoryStream[])[_sizes, _digests, _keyEnds, _keys])
            section.WriteTo(_stream);
        PadTo(layout.SkippedOffset);
        _stream.Write(skippedText);
        _stream.Position = 0;
        _stream.Write(layout.ToHeader());
    }

    public void Dispose() => _fingerprint.Dispose();

    private void PadTo(long offset) => _stream.Write(new byte[offset - _stream.Position]);

    private void AddNumber(int number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, number);
        _fingerprint.AppendData(_number);
    }
}
