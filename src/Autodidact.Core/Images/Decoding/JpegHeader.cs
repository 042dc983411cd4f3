using System.Buffers.Binary;

namespace Autodidact.Images;

/// <summary>The cost of a JPEG, from its frame and its scans: each scan of a progressive file goes over the whole image.</summary>
internal sealed class JpegHeader
{
    // Measured on files whose scans hold next to no bits. The unit is a block of 8 x 8 coefficients that a scan passes.
    private const double ScanNanoseconds = 25;
    private const double RefinementNanoseconds = 80;
    private const double OutputNanoseconds = 50;
    private const double ArithmeticFactor = 4;
    private const double NanosecondsPerPixel = 6;
    private const int BytesPerBlock = 64 * sizeof(short);
    private const int RowsHeld = 64;
    private const int CmykComponents = 4;

    private readonly DecodeLimits _limits;
    private (byte Id, long Blocks)[] _components = [];
    private bool _progressive;
    private bool _arithmetic;
    private bool _whole;
    private double _scanWork;
    private int _scans;
    private int _segments;
    private long _metadata;
    private long _profile;
    private long _width;
    private long _height;

    private JpegHeader(DecodeLimits limits) => _limits = limits;

    /// <summary>Place of the Exif block in the file; empty if there is none.</summary>
    public (int Start, int Length) Exif { get; private set; }

    /// <summary>Bytes up to the end of the picture; whatever follows is not read. All bytes if its scans were not counted.</summary>
    public int PictureBytes { get; private set; }

    /// <summary>The cost of decoding it.</summary>
    public ImageCost Cost
    {
        get
        {
            var blocks = _components.Sum(component => component.Blocks);
            var pixels = _width * _height;
            return new ImageCost(_width, _height)
            {
                DecodedBytes = pixels * _components.Length,
                MemoryBytes = (_whole ? blocks * BytesPerBlock : 0)
                    + (Math.Min(_height, RowsHeld) * _width * _components.Length) + _metadata + (2 * _profile)
                    + ImageCost.Strips(_width, _height, _components.Length, alpha: false, converted: _components.Length == CmykComponents),
                Nanoseconds = _whole ? _scanWork + (blocks * OutputNanoseconds) : pixels * NanosecondsPerPixel * Slowness,
            };
        }
    }

    private double Slowness => _arithmetic ? ArithmeticFactor : 1;

    /// <summary>Reads the markers up to the first scan, and to the end where further scans count.</summary>
    /// <param name="bytes">The file, or a strip or tile of a TIFF.</param>
    /// <param name="limits">Limits.</param>
    /// <exception cref="ImageDecodeException">It is damaged, or beyond a limit.</exception>
    public static JpegHeader Read(ReadOnlySpan<byte> bytes, DecodeLimits limits)
    {
        var header = new JpegHeader(limits);
        header.ReadMarkers(bytes);
        return header;
    }

    private void ReadMarkers(ReadOnlySpan<byte> bytes)
    {
        // As the decoder does it: whatever stands between two markers is passed over.
        var at = 2;
        PictureBytes = bytes.Length;
        while (NextMarker(bytes, ref at) is { } marker)
        {
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
                continue;
            if (marker == 0xD9)
            {
                PictureBytes = at;
                break;
            }

            if (++_segments > _limits.MaxSegments)
                throw new ImageDecodeException($"JPEG: it has more than {_limits.MaxSegments} segments");
            if (at + 2 > bytes.Length)
                break;
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            if (length < 2 || at + length > bytes.Length)
                break;
            var segment = bytes.Slice(at + 2, length - 2);
            var start = at + 2;
            at += length;
            switch (marker)
            {
                case >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC:
                    ReadFrame(marker, segment);
                    break;
                case 0xDA:
                    if (!ReadScan(segment))
                        return;
                    break;
                case 0xE1 or 0xE2 or 0xED:
                    ReadApplication(marker, segment, start);
                    break;
            }
        }

        if (_components.Length == 0)
            throw new ImageDecodeException("JPEG: it ends before its frame");
    }

    private static int? NextMarker(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOf((byte)0xFF);
            if (found < 0)
                return null;
            at += found;
            while (at < bytes.Length && bytes[at] == 0xFF)
                at++;
            if (at < bytes.Length && bytes[at++] is not 0 and var marker)
                return marker;
        }

        return null;
    }

    private void ReadFrame(int marker, ReadOnlySpan<byte> segment)
    {
        if (_components.Length > 0 || segment.Length < 6 || segment.Length < 6 + (3 * segment[5]))
            throw new ImageDecodeException("JPEG: its frame is damaged");
        _height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        _width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        _limits.CheckPixels(_width, _height);
        _progressive = marker is 0xC2 or 0xC6 or 0xCA or 0xCE;
        _arithmetic = marker >= 0xC9;
        int count = segment[5];
        if (count is < 1 or > 4)
            throw new ImageDecodeException($"JPEG: {count} colour components");
        var (mostAcross, mostDown) = (1, 1);
        for (var i = 0; i < count; i++)
        {
            var (across, down) = (segment[7 + (3 * i)] >> 4, segment[7 + (3 * i)] & 15);
            if (across is < 1 or > 4 || down is < 1 or > 4)
                throw new ImageDecodeException("JPEG: its frame is damaged");
            (mostAcross, mostDown) = (Math.Max(mostAcross, across), Math.Max(mostDown, down));
        }

        _components = new (byte, long)[count];
        for (var i = 0; i < count; i++)
        {
            var (across, down) = (segment[7 + (3 * i)] >> 4, segment[7 + (3 * i)] & 15);
            var blocks = Units(_width, 8 * mostAcross) * across * Units(_height, 8 * mostDown) * down;
            _components[i] = (segment[6 + (3 * i)], blocks);
        }
    }

    /// <summary>Reads the header of a scan; false if no further scan is decoded.</summary>
    private bool ReadScan(ReadOnlySpan<byte> segment)
    {
        if (_components.Length == 0 || segment.Length < 1 || segment[0] > 4 || segment.Length < 4 + (2 * segment[0]))
            throw new ImageDecodeException("JPEG: a scan is damaged");
        int count = segment[0];
        _whole |= _progressive || (_scans == 0 && count < _components.Length);
        if (!_whole)
            return false;
        if (++_scans > _limits.MaxScans)
            throw new ImageDecodeException($"JPEG: it has more than {_limits.MaxScans} scans");
        var (first, last, high) = (segment[1 + (2 * count)], segment[2 + (2 * count)], segment[3 + (2 * count)] >> 4);
        var refines = _progressive && high > 0 && first > 0;
        for (var i = 0; i < count; i++)
        {
            var id = segment[1 + (2 * i)];
            var blocks = _components.Where(component => component.Id == id).Sum(component => component.Blocks);
            _scanWork += Slowness * blocks
                * (refines ? ScanNanoseconds + (RefinementNanoseconds * Math.Max(0, last - first + 1) / 63) : ScanNanoseconds);
        }

        return true;
    }

    private void ReadApplication(int marker, ReadOnlySpan<byte> segment, int start)
    {
        _metadata += segment.Length;
        _limits.CheckMetadata(_metadata);
        if (marker == 0xE1 && Exif.Length == 0 && segment.Length > 4 && segment.StartsWith("Exif"u8))
        {
            Exif = (start, segment.Length);
        }
        else if (marker == 0xE2 && segment.StartsWith("ICC_PROFILE"u8))
        {
            _profile += segment.Length;
            _limits.CheckProfile(_profile);
        }
    }

    private static long Units(long pixels, int unit) => (pixels + unit - 1) / unit;
}
