using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Autodidact.Images;

/// <summary>Writes a pack from front to back: pixels as they come, tables at the end, the header last.</summary>
internal sealed class PackWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly int _side;
    private readonly PackFingerprint _fingerprint;
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
        _fingerprint = new PackFingerprint(side, side);
    }

    public int Count { get; private set; }

    public int Duplicates => Count - _seen.Count;

    /// <summary>Appends one image.</summary>
    public void Add(string key, DecodedImage image, byte[] digest)
    {
        _stream.Write(image.Pixels);
        var name = Encoding.UTF8.GetBytes(key);
        _fingerprint.Add(name, digest);
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
            Fingerprint = _fingerprint.Complete(),
            TablesChecksum = [],
        };
        PadTo(layout.SizesOffset);
        var tables = new XxHash128();
        foreach (var section in (MemoryStream[])[_sizes, _digests, _keyEnds, _keys])
            Write(section.GetBuffer().AsSpan(0, (int)section.Length));
        Write(new byte[layout.SkippedOffset - _stream.Position]);
        Write(skippedText);
        _stream.Position = 0;
        _stream.Write((layout with { TablesChecksum = tables.GetCurrentHash() }).ToHeader());

        void Write(ReadOnlySpan<byte> bytes)
        {
            tables.Append(bytes);
            _stream.Write(bytes);
        }
    }

    public void Dispose() => _fingerprint.Dispose();

    private void PadTo(long offset) => _stream.Write(new byte[offset - _stream.Position]);
}
