using Autodidact.Images;
using NetVips;

namespace Autodidact.Tests.Images;

/// <summary>Small files that ask for much, and real ones that are large. None of the first kind may reach the image library.</summary>
public class DecodeLimitsTests
{
    private readonly ImageDecoder _decoder = new();

    [Theory]
    [InlineData("png interlaced", "suspicious: 9000 x 9000 pixels in ")]
    [InlineData("png wide", "too long: 1048640 x 48 pixels, the limit of a side is 1000000 pixels")]
    [InlineData("png wide 16 bits", "suspicious: 500000 x 100 pixels in ")]
    [InlineData("jpeg wide cmyk", "suspicious: 65000 x 700 pixels in ")]
    [InlineData("jpeg padded", "suspicious: 9000 x 9000 pixels in ")]
    [InlineData("bmp", "BMP: 10000 x 10000 pixels, the limit is 50 megapixels; save it as PNG")]
    [InlineData("png profile", "its colour profile is larger than 8388608 bytes")]
    [InlineData("png exif", "its Exif block is larger than 1048576 bytes")]
    [InlineData("tiff samples", "TIFF: 1000 samples a pixel, the limit is 8")]
    [InlineData("tiff tiles", "suspicious: 16 x 60000 pixels in ")]
    [InlineData("tiff shared strips", "suspicious: 100 x 20000 pixels in ")]
    [InlineData("tiff cmyk", "suspicious: 10000 x 10000 pixels in ")]
    [InlineData("tiff lab", "suspicious: 7500 x 7500 pixels in ")]
    [InlineData("tiff logluv", "suspicious: 8000 x 8000 pixels in ")]
    [InlineData("tiff profile", "its colour profile is larger than 8388608 bytes")]
    [InlineData("tiff tags", "TIFF: its directory has 65535 tags")]
    [InlineData("webp", "suspicious: 10000 x 10000 pixels in 30 bytes would take ")]
    [InlineData("webp canvas", "suspicious: 10000 x 9000 pixels in ")]
    [InlineData("webp groups", "suspicious: 1024 x 1024 pixels in ")]
    [InlineData("webp alpha", "too large: 16777216 x 16777216 pixels, ")]
    [InlineData("webp alpha frame", "too large: 16777216 x 16777216 pixels, ")]
    [InlineData("webp alphas", "WebP: a frame has several alpha channels")]
    [InlineData("webp alphas frame", "WebP: a frame has several alpha channels")]
    [InlineData("webp frames", "it has more than 10000 frames")]
    [InlineData("gif canvas", "suspicious: 65535 x 1500 pixels in ")]
    [InlineData("gif frame outside", "too large: 60001 x 60001 pixels, the limit is 100 megapixels")]
    [InlineData("gif frames", "it has more than 10000 frames")]
    [InlineData("jpeg segments", "JPEG: it has more than 4096 segments")]
    [InlineData("jpeg scans", "JPEG: it has more than 100 scans")]
    [InlineData("jpeg repeated scans", "suspicious: 9000 x 9000 pixels in ")]
    [InlineData("jpeg metadata", "its metadata are larger than 33554432 bytes")]
    [InlineData("tiff webp", "suspicious: 9000 x 9000 pixels in ")]
    [InlineData("jpeg exif loop", "its Exif block is damaged: entries overlap")]
    [InlineData("jpeg exif", "its Exif block is damaged: entries overlap")]
    public void Should_Refuse_A_Small_File_That_Asks_For_Much_And_Say_Why(string kind, string reason)
    {
        var file = Hostile(kind);
        foreach (var side in (int[])[32, 64, 224])
            Assert.StartsWith(reason, Assert.Throws<ImageDecodeException>(() => _decoder.Decode(file, side)).Message);
        Assert.StartsWith(reason, Assert.Throws<ImageDecodeException>(() => _decoder.Measure(file)).Message);
    }

    [Fact]
    public void Should_Let_Real_Photographs_Of_A_Hundred_Megapixels_Pass()
    {
        var limits = new DecodeLimits();
        foreach (var suffix in (string[])[".jpg", ".jpg[interlace]", ".jpg[interlace,subsample_mode=off]"])
        {
            var jpeg = HostileImages.Announce(TestImages.Encode(suffix), 10_000, 10_000);
            limits.CheckCost(JpegHeader.Read(jpeg, limits).Cost, 8_000_000);
        }

        limits.CheckCost(PngHeader.Read(HostileImages.Png(10_000, 10_000, 8, 2, 3), limits).Cost, 40_000_000);
        limits.CheckCost(PngHeader.Read(HostileImages.Png(10_000, 10_000, 16, 6, 3, interlaced: true), limits).Cost, 100_000_000);
        limits.CheckCost(WebpHeader.Read(HostileImages.FlatWebp(10_000, 10_000), limits).Cost, 12_000_000);
        limits.CheckCost(WebpHeader.Read(HostileImages.AnimatedWebp(1_920, 1_080, 600), limits).Cost, 2_000_000);
        limits.CheckCost(GifHeader.Read(HostileImages.Gif(1_920, 1_080, 0, 0, 3_000), limits), 2_000_000);
        var tiles = HostileImages.Tiff(
            [], 0, (256, [10_000]), (257, [10_000]), (258, [16]), (259, [8]), (262, [2]), (277, [3]), (322, [256]), (323, [256]));
        limits.CheckCost(TiffHeader.Read(tiles, limits).Cost, 100_000_000);
    }

    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(1, 100_000)]
    [InlineData(900_000, 3)]
    public void Should_Crop_A_Very_Long_Picture_Before_It_Is_Enlarged(int width, int height)
    {
        var decoded = _decoder.Decode(HostileImages.BlackPng(width, height), 224);
        Assert.Equal((height, width), (decoded.OriginalHeight, decoded.OriginalWidth));
        Assert.All(decoded.Pixels, value => Assert.Equal(0, value));
        Assert.NotNull(CentreCrop.Area(width, height, 224));
    }

    [Fact]
    public void Should_Crop_Very_Long_Pixels_Before_They_Are_Enlarged()
    {
        var decoded = _decoder.Resize(new RawImage(new byte[300_000], 1, 100_000, 3), 224);
        Assert.Equal((1, 100_000), (decoded.OriginalHeight, decoded.OriginalWidth));
        Assert.All(decoded.Pixels, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(1000, 1, 32)]
    [InlineData(1001, 1, 32)]
    [InlineData(1, 2001, 32)]
    [InlineData(3000, 5, 20)]
    [InlineData(30_001, 127, 32)]
    [InlineData(127, 29_990, 32)]
    [InlineData(20_050, 333, 64)]
    [InlineData(21_003, 50, 64)]
    public void Should_Give_The_Same_Pixels_Whether_It_Crops_Before_Or_After_Enlarging(int width, int height, int side)
    {
        using var picture = HostileImages.Waves(width, height);
        using var whole = picture.ThumbnailImage(side, side, Enums.Size.Both, crop: Enums.Interesting.Centre);
        var (left, top, across, down) = CentreCrop.Area(width, height, side, easyPixels: 1)!.Value;
        using var middle = picture.ExtractArea(left, top, across, down);
        using var cropped = middle.ThumbnailImage(side, side, Enums.Size.Both, crop: Enums.Interesting.Centre);
        Assert.Equal(whole.WriteToMemory<byte>(), cropped.WriteToMemory<byte>());
    }

    [Theory]
    [InlineData(65_500, 127, 64)]
    [InlineData(127, 65_500, 64)]
    [InlineData(22_000, 1_200, 32)]
    public void Should_Crop_A_Long_Picture_That_Becomes_A_Small_One(int width, int height, int side) =>
        Assert.NotNull(CentreCrop.Area(width, height, side));

    [Theory]
    [InlineData(6000, 4000, 224)]
    [InlineData(4000, 6000, 64)]
    [InlineData(9000, 60, 64)]
    [InlineData(300, 1, 64)]
    [InlineData(20_000, 5_000, 1024)]
    public void Should_Resize_Ordinary_Pictures_Whole(int width, int height, int side) =>
        Assert.Null(CentreCrop.Area(width, height, side));

    [Fact]
    public void Should_Leave_Out_Packed_Texts_And_Unknown_Chunks_Of_A_Png()
    {
        var png = TestImages.Png(24, 24, 3);
        var text = HostileImages.Chunk("zTXt", [.. "k\0\0"u8, .. HostileImages.Zlib(new byte[20_000_000])]);
        byte[][] others = [HostileImages.Chunk("tEXt", [.. "k\0v"u8]), HostileImages.Chunk("abCd", [1])];
        var bomb = HostileImages.Insert(png, [.. Enumerable.Repeat(text, 20), .. others]);
        var (bytes, _) = PngHeader.Read(bomb, new DecodeLimits());
        Assert.Equal(png, bytes);
        Assert.Equal(TestImages.Pixels(24, 24, 3), _decoder.Decode(bomb, 24).Pixels);
    }

    [Fact]
    public void Should_Read_The_First_Directory_Of_A_Tiff_Alone()
    {
        // The next directory is the first one again, and a decoder would learn each of the unknown tags.
        var pixels = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var unknown = Enumerable.Range(0, 2_000).Select(i => (40_000 + i, (int[])[i, i])).ToArray();
        var file = HostileImages.GreyTiff(16, pixels, compression: 1, next: 8, unknown);
        var (bytes, cost) = TiffHeader.Read(file, new DecodeLimits());
        Assert.Equal((16, 16), (cost.Width, cost.Height));
        Assert.Equal(9, BitConverter.ToInt16(bytes, 8));
        Assert.Equal(0, BitConverter.ToInt32(bytes, 10 + (9 * 12)));
        Assert.Equal(pixels, _decoder.Decode(file, 16).Pixels.Where((_, i) => i % 3 == 0));
        var plain = HostileImages.GreyTiff(16, pixels, compression: 1, next: 0);
        Assert.Same(plain, TiffHeader.Read(plain, new DecodeLimits()).Bytes);
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    public void Should_Hide_A_Harmful_Makers_Note_And_Keep_The_Orientation(string format)
    {
        using var image = TestImages.Vips(32, 64);
        var harmful = HostileImages.ExifWithNote(orientation: 6, entries: 3_000, bytesOfEntry: 60_000);
        var harmless = HostileImages.ExifWithNote(orientation: 6, entries: 10, bytesOfEntry: 100);
        Assert.NotNull(ExifBlock.Harmless(harmful));
        Assert.Null(ExifBlock.Harmless(harmless));
        foreach (var exif in (byte[][])[harmful, harmless])
        {
            var file = format == "png"
                ? HostileImages.Insert(TestImages.Png(32, 64), [HostileImages.Chunk("eXIf", exif)])
                : HostileImages.InsertSegment(TestImages.Jpeg(32, 64), 0xE1, [.. "Exif\0\0"u8, .. exif]);
            Assert.Equal((64, 32), _decoder.Measure(file));
            Assert.Equal(64, _decoder.Decode(file, 32).OriginalHeight);
        }
    }

    [Fact]
    public void Should_Stop_A_Picture_That_Takes_Too_Long_Or_Is_No_Longer_Wanted()
    {
        var png = HostileImages.Png(9_000, 9_000, 8, 2, (3 * 9_000) + 1);
        var hasty = new ImageDecoder(new DecodeLimits { MaxTime = TimeSpan.FromMilliseconds(1) });
        Assert.Equal("it takes longer than 0 s to decode", Assert.Throws<ImageDecodeException>(() => hasty.Decode(png, 64)).Message);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
        Assert.ThrowsAny<OperationCanceledException>(() => _decoder.DecodeCancellable(png, 64, cancellation.Token));
    }

    [Theory]
    [InlineData(32, 64)]
    [InlineData(512, 16_384)]
    [InlineData(1_024, 65_536)]
    public void Should_Count_The_Groups_Of_Codes_In_A_Lossless_Webp(int side, int groups)
    {
        var file = HostileImages.WebpOfGroups(side);
        Assert.Equal(groups, WebpTables.Groups(file.AsSpan(20), 40, side, side));
        if (side == 32)
            Assert.Equal(32, _decoder.Decode(file, 32).OriginalWidth);
    }

    [Fact]
    public void Should_Not_Walk_Over_Pixels_That_Take_No_Bits()
    {
        // One group for each of these would take hours.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(1, WebpTables.Groups(HostileImages.EmptyTransforms(), 0, 1 << 24, 1 << 24));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(".webp[lossless]")]
    [InlineData(".webp[near_lossless]")]
    public void Should_Find_Few_Groups_In_A_Real_Lossless_Webp(string suffix)
    {
        // Noise beside flat colour, so that the encoder uses several groups, transforms and a cache.
        using var noise = Image.Gaussnoise(600, 400, sigma: 40, mean: 128, seed: 1);
        using var picture = TestImages.Vips(400, 600).Bandjoin(noise.Cast(Enums.BandFormat.Uchar)).ExtractBand(1, n: 3)
            .Copy(interpretation: Enums.Interpretation.Srgb);
        var file = picture.WriteToBuffer(suffix);
        Assert.InRange(WebpTables.Groups(file.AsSpan(20), 40, 600, 400), 1, 2_600);
        Assert.Equal(64 * 64 * 3, _decoder.Decode(file, 64).Pixels.Length);
    }

    [Fact]
    public void Should_Not_Try_A_Picture_That_Does_Not_Fit_Into_Memory()
    {
        MemoryLeft.Check(bytes: 100_000_000, left: 100_000_000);
        var e = Assert.Throws<ImageDecodeException>(() => MemoryLeft.Check(bytes: 100_000_001, left: 100_000_000));
        Assert.Equal("it takes 100 MB of memory to decode, and the process may take 100 MB more", e.Message);
    }

    private static byte[] Hostile(string kind) => kind switch
    {
        "png interlaced" => HostileImages.Png(9_000, 9_000, 16, 6, 8, interlaced: true),
        "png wide" => HostileImages.BlackPng(1_048_640, 48),
        "png wide 16 bits" => HostileImages.Png(500_000, 100, 16, 2, 3),
        "jpeg wide cmyk" => HostileImages.Announce(CmykJpeg(), 65_000, 700),
        "jpeg padded" =>
        [
            .. HostileImages.Announce(HostileImages.RepeatScans(TestImages.Encode(".jpg[interlace]"), 5), 9_000, 9_000),
            .. new byte[14_000_000],
        ],
        "bmp" => Bmp(10_000),
        "png profile" => HostileImages.Insert(
            TestImages.Png(), [HostileImages.Chunk("iCCP", [.. "p\0\0"u8, .. HostileImages.Zlib(new byte[20_000_000])])]),
        "png exif" => HostileImages.Insert(TestImages.Png(), [HostileImages.Chunk("eXIf", new byte[2_000_000])]),
        "tiff samples" => HostileImages.Tiff(
            [], 0, (256, [100]), (257, [100]), (258, [8]), (259, [8]), (262, [2]), (273, [-1]), (277, [1000]), (279, [10])),
        "tiff tiles" => HostileImages.Tiff(
            [], 0, (256, [16]), (257, [60_000]), (258, [8]), (259, [8]), (262, [1]), (277, [3]), (322, [8_192]), (323, [8_192])),
        "tiff shared strips" => HostileImages.Tiff(
            new byte[60_000],
            0,
            (256, [100]),
            (257, [20_000]),
            (258, [8]),
            (259, [32_773]),
            (262, [1]),
            (273, Enumerable.Repeat(-1, 20_000).ToArray()),
            (277, [1]),
            (278, [1]),
            (279, Enumerable.Repeat(60_000, 20_000).ToArray())),
        "tiff cmyk" => TiffOfColours(10_000, photometric: 5, samples: 4, bits: 8, compression: 8),
        "tiff lab" => TiffOfColours(7_500, photometric: 8, samples: 3, bits: 16, compression: 8),
        "tiff logluv" => TiffOfColours(8_000, photometric: 32_845, samples: 3, bits: 16, compression: 34_676),
        "tiff profile" => HostileImages.GreyTiff(16, new byte[256], 1, 0, (34_675, new int[2_500_000])),
        "tiff tags" => [.. "II*\0"u8, 8, 0, 0, 0, 0xFF, 0xFF, .. new byte[100]],
        "webp" => HostileImages.FlatWebp(10_000, 10_000),
        "webp canvas" => HostileImages.AnimatedWebp(10_000, 9_000, 1),
        "webp groups" => HostileImages.WebpOfGroups(1_024),
        "webp alpha" => HostileImages.WebpOfEmptyAlpha(1 << 24, 1 << 24, 1, animated: false),
        "webp alpha frame" => HostileImages.WebpOfEmptyAlpha(1 << 24, 1 << 24, 1, animated: true),
        "webp alphas" => HostileImages.WebpOfEmptyAlpha(10_000, 10_000, 100, animated: false),
        "webp alphas frame" => HostileImages.WebpOfEmptyAlpha(10_000, 10_000, 100, animated: true),
        "webp frames" => HostileImages.AnimatedWebp(10, 10, 10_001),
        "gif canvas" => HostileImages.Gif(65_535, 1_500, 0, 0, 1),
        "gif frame outside" => HostileImages.Gif(10, 10, 60_000, 60_000, 1),
        "gif frames" => HostileImages.Gif(10, 10, 0, 0, 10_001),
        "jpeg segments" => HostileImages.InsertSegment(TestImages.Jpeg(), 0xE1, [], 5_000),
        "jpeg scans" => HostileImages.RepeatScans(TestImages.Encode(".jpg[interlace]"), 20),
        "jpeg repeated scans" => HostileImages.Announce(
            HostileImages.RepeatScans(TestImages.Encode(".jpg[interlace]"), 5), 9_000, 9_000),
        "jpeg metadata" => HostileImages.InsertSegment(TestImages.Jpeg(), 0xED, new byte[65_000], 600),
        "tiff webp" => TiffOfWebp(9_000),
        "jpeg exif" => HostileImages.InsertSegment(TestImages.Jpeg(), 0xE1, Exif([0x86, 0x92, 7, 0, 0, 0xFF, 0, 0, 8, 0, 0, 0])),
        "jpeg exif loop" => HostileImages.InsertSegment(TestImages.Jpeg(), 0xE1, Exif([0x69, 0x87, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0])),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>A TIFF whose strips are all the same few bytes.</summary>
    private static byte[] TiffOfColours(int side, int photometric, int samples, int bits, int compression) =>
        HostileImages.Tiff(
            new byte[1_000],
            0,
            (256, [side]),
            (257, [side]),
            (258, [bits]),
            (259, [compression]),
            (262, [photometric]),
            (273, Enumerable.Repeat(-1, (side + 63) / 64).ToArray()),
            (277, [samples]),
            (278, [64]),
            (279, Enumerable.Repeat(1_000, (side + 63) / 64).ToArray()));

    private static byte[] CmykJpeg()
    {
        using var picture = Image.Black(16, 16, bands: 4);
        using var cmyk = picture.Copy(interpretation: Enums.Interpretation.Cmyk);
        return cmyk.JpegsaveBuffer();
    }

    /// <summary>A bitmap of one bit a pixel.</summary>
    private static byte[] Bmp(int side)
    {
        var file = new byte[62 + ((side + 31) / 32 * 4 * side)];
        "BM"u8.CopyTo(file);
        foreach (var (at, value) in ((int, int)[])[(10, 62), (14, 40), (18, side), (22, side), (26, 1 + (1 << 16))])
            BitConverter.GetBytes(value).CopyTo(file, at);
        return file;
    }

    private static byte[] TiffOfWebp(int side)
    {
        var webp = HostileImages.FlatWebp(side, side);
        return HostileImages.Tiff(
            webp,
            0,
            (256, [side]),
            (257, [side]),
            (258, [8]),
            (259, [50_001]),
            (262, [2]),
            (273, [-1]),
            (277, [3]),
            (278, [side]),
            (279, [webp.Length]));
    }

    /// <summary>An Exif block whose directory has one entry thousands of times.</summary>
    private static byte[] Exif(byte[] entry) =>
        [.. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 0xFF, 0x0F, .. Enumerable.Repeat(entry, 0x0FFF).SelectMany(part => part), 0, 0, 0, 0];
}
