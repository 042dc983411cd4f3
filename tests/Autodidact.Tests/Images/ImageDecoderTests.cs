using System.Buffers.Binary;
using System.IO.Hashing;
using Autodidact.Images;
using NetVips;

namespace Autodidact.Tests.Images;

public class ImageDecoderTests
{
    private readonly ImageDecoder _decoder = new();

    [Theory]
    [InlineData(".png")]
    [InlineData(".webp[lossless]")]
    [InlineData(".tif")]
    [InlineData(".tif[compression=lzw]")]
    public void Should_Keep_Exact_Pixels_Of_Lossless_Image_Of_Target_Size(string suffix) =>
        Assert.Equal(TestImages.Pixels(24, 24, 3), _decoder.Decode(TestImages.Encode(suffix, 24, 24, 3), 24).Pixels);

    [Theory]
    [InlineData(".jpg[Q=95]", 12)]
    [InlineData(".webp[Q=95]", 16)]
    [InlineData(".gif", 48)]
    public void Should_Decode_Lossy_Formats_Closely(string suffix, int tolerance)
    {
        var decoded = _decoder.Decode(TestImages.Encode(suffix, 24, 24, 3), 24);
        Assert.InRange(TestImages.LargestDifference(TestImages.Pixels(24, 24, 3), decoded.Pixels), 0, tolerance);
    }

    [Fact]
    public void Should_Decode_Bmp_Exactly_Whose_Rows_Are_Padded_And_Upside_Down()
    {
        var decoded = _decoder.Decode(TestImages.Bmp(7, 7, 2), 7);
        Assert.Equal(TestImages.Pixels(7, 7, 2), decoded.Pixels);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(100)]
    public void Should_Refuse_Truncated_Bmp(int bytes)
    {
        var bmp = TestImages.Bmp(16, 16)[..Math.Max(bytes, 2)];
        Assert.Contains("truncated", Assert.Throws<ImageDecodeException>(() => _decoder.Decode(bmp, 16)).Message);
    }

    [Fact]
    public void Should_Refuse_Bmp_Whose_Header_Announces_Too_Many_Pixels()
    {
        var bmp = TestImages.Bmp(4, 4);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 1 << 30);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), int.MinValue);
        Assert.StartsWith("too large", Assert.Throws<ImageDecodeException>(() => _decoder.Decode(bmp, 4)).Message);
    }

    [Theory]
    [InlineData(24, 0.5)]
    [InlineData(24, 0.9)]
    [InlineData(16, 0.7)]
    public void Should_Refuse_Truncated_Jpeg_At_Own_Size_And_Resized(int side, double kept)
    {
        var noise = new byte[24 * 24 * 3];
        var random = new Autodidact.Numerics.CounterRandom(5);
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (byte)random.NextUInt32();
        using var image = Image.NewFromMemory(noise, 24, 24, 3, Enums.BandFormat.Uchar);
        var jpeg = image.WriteToBuffer(".jpg");
        Assert.Throws<ImageDecodeException>(() => _decoder.Decode(jpeg[..(int)(jpeg.Length * kept)], side));
    }

    [Fact]
    public void Should_Refuse_Truncated_Png() =>
        Assert.Throws<ImageDecodeException>(() => _decoder.Decode(TestImages.Png(64, 64)[..^60], 64));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("hello, I am no image", "not a JPEG")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>", "not a JPEG")]
    public void Should_Refuse_What_Is_No_Accepted_Image_And_Say_So(string content, string reason)
    {
        var e = Assert.Throws<ImageDecodeException>(() => _decoder.Decode(System.Text.Encoding.ASCII.GetBytes(content), 8));
        Assert.Contains(reason, e.Message);
    }

    [Fact]
    public void Should_Refuse_Png_Bomb_By_Its_Header()
    {
        // 100,000 x 100,000 pixels announced in 60 bytes.
        var png = TestImages.Png(8, 8);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 100_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 100_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32.HashToUInt32(png.AsSpan(12, 17)));
        var e = Assert.Throws<ImageDecodeException>(() => _decoder.Decode(png, 8));
        Assert.Equal("too large: 100000 x 100000 pixels, the limit is 100 megapixels", e.Message);
    }

    [Fact]
    public void Should_Refuse_More_Bytes_Than_Allowed()
    {
        var decoder = new ImageDecoder(new DecodeLimits { MaxBytes = 100 });
        Assert.StartsWith("too large", Assert.Throws<ImageDecodeException>(() => decoder.Decode(TestImages.Jpeg(), 8)).Message);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(12)]
    public void Should_Spread_Grey_To_Three_Equal_Channels(int side)
    {
        using var grey = TestImages.Vips(24, 24).ExtractBand(0).Copy(interpretation: Enums.Interpretation.Bw);
        var pixels = _decoder.Decode(grey.WriteToBuffer(".png"), side).Pixels;
        Assert.Equal(side * side * 3, pixels.Length);
        for (var i = 0; i < pixels.Length; i += 3)
            Assert.True(pixels[i] == pixels[i + 1] && pixels[i] == pixels[i + 2]);
        Assert.True(pixels[^1] > pixels[0] + 100);
    }

    [Fact]
    public void Should_Flatten_Transparent_Pixels_On_White()
    {
        using var alpha = (TestImages.Vips(16, 16) * 0).Cast(Enums.BandFormat.Uchar);
        using var image = alpha.Bandjoin(0).Copy(interpretation: Enums.Interpretation.Srgb);
        Assert.All(_decoder.Decode(image.WriteToBuffer(".png"), 16).Pixels, value => Assert.Equal(255, value));
    }

    [Fact]
    public void Should_Scale_Sixteen_Bits_To_Eight()
    {
        using var wide = (TestImages.Vips(24, 24, 3) * 257).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16);
        var decoded = _decoder.Decode(wide.WriteToBuffer(".png"), 24);
        Assert.InRange(TestImages.LargestDifference(TestImages.Pixels(24, 24, 3), decoded.Pixels), 0, 1);
    }

    [Fact]
    public void Should_Read_Cmyk_Jpeg_As_Rgb()
    {
        using var mild = MildColours();
        using var cmyk = mild.Colourspace(Enums.Interpretation.Cmyk);
        var decoded = _decoder.Decode(cmyk.WriteToBuffer(".jpg[Q=95]"), 24);
        Assert.InRange(TestImages.LargestDifference(mild.WriteToMemory<byte>(), decoded.Pixels), 0, 12);
    }

    [Fact]
    public void Should_Convert_Embedded_Profile_To_Srgb()
    {
        using var mild = MildColours();
        using var wideGamut = mild.IccTransform("p3", inputProfile: "srgb");
        var p3 = wideGamut.WriteToBuffer(".png");
        using var stored = Image.PngloadBuffer(p3);
        Assert.True(
            TestImages.LargestDifference(mild.WriteToMemory<byte>(), stored.WriteToMemory<byte>()) > 10, "the stored numbers must differ");
        Assert.InRange(TestImages.LargestDifference(mild.WriteToMemory<byte>(), _decoder.Decode(p3, 24).Pixels), 0, 2);
    }

    [Fact]
    public void Should_Apply_Exif_Orientation_And_Report_Size_After_It()
    {
        // Orientation 6: rows of the file are columns of the picture, turned clockwise.
        using var image = TestImages.Vips(32, 64).Mutate(m => m.Set(GValue.GIntType, "orientation", 6));
        var jpeg = image.WriteToBuffer(".jpg[Q=95]");
        var decoded = _decoder.Decode(jpeg, 32);
        Assert.Equal((64, 32), (decoded.OriginalHeight, decoded.OriginalWidth));
        Assert.Equal((64, 32), _decoder.Measure(jpeg));

        // Red grew to the right, so after turning it grows downwards.
        Assert.True(decoded.Pixels[3 * 32 * 31] > decoded.Pixels[0] + 60);
    }

    [Fact]
    public void Should_Resize_Shorter_Side_And_Crop_Centre()
    {
        // Thirds: black, grey, white; the centre crop of a wide image sees only the middle.
        var pixels = new byte[20 * 60 * 3];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(127 * (i / 3 % 60 / 20));
        var decoded = _decoder.Resize(new RawImage(pixels, 20, 60, 3), 10);
        Assert.Equal((20, 60), (decoded.OriginalHeight, decoded.OriginalWidth));
        Assert.Equal(300, decoded.Pixels.Length);
        for (var y = 0; y < 10; y++)
            Assert.InRange(decoded.Pixels[3 * ((10 * y) + 5)], 126, 128);
    }

    [Fact]
    public void Should_Average_When_Shrinking_Instead_Of_Picking()
    {
        // A checkerboard of single pixels must become grey.
        var pixels = new byte[64 * 64 * 3];
        for (var i = 0; i < 64 * 64; i++)
            pixels.AsSpan(3 * i, 3).Fill((byte)(255 * (((i / 64) + i) % 2)));
        using var image = Image.NewFromMemory(pixels, 64, 64, 3, Enums.BandFormat.Uchar);
        Assert.All(_decoder.Decode(image.WriteToBuffer(".png"), 16).Pixels, value => Assert.InRange(value, 115, 140));
    }

    [Fact]
    public void Should_Give_The_Same_Reason_However_Many_Threads_Fail()
    {
        var png = TestImages.Png(64, 64);
        var broken = Enumerable.Range(0, 40).Select(i => png[..(60 + i)]).ToArray();
        string Reason(byte[] bytes) => Assert.Throws<ImageDecodeException>(() => _decoder.Decode(bytes, 8)).Message;
        var alone = broken.Select(Reason).ToArray();
        Assert.Equal(alone, broken.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(Reason).ToArray());
        Assert.All(alone, reason => Assert.DoesNotContain('\n', reason));
    }

    [Fact]
    public void Should_Refuse_Raw_Pixels_That_Do_Not_Fit()
    {
        Assert.Throws<ImageDecodeException>(() => _decoder.Resize(new RawImage(new byte[10], 2, 2, 3), 2));
        Assert.Throws<ImageDecodeException>(() => _decoder.Resize(new RawImage(new byte[16], 2, 2, 4), 2));
    }

    [Theory]
    [InlineData(640, 480, 24)]
    [InlineData(900, 900, 64)]
    public void Should_Shrink_Large_Jpeg_Like_A_Lossless_Image_And_Refuse_It_Truncated(int height, int width, int side)
    {
        var jpeg = TestImages.Jpeg(height, width, 3);
        var expected = _decoder.Decode(TestImages.Png(height, width, 3), side);
        var decoded = _decoder.Decode(jpeg, side);
        Assert.Equal((height, width), (decoded.OriginalHeight, decoded.OriginalWidth));
        Assert.InRange(TestImages.LargestDifference(expected.Pixels, decoded.Pixels), 0, 6);
        Assert.Throws<ImageDecodeException>(() => _decoder.Decode(jpeg[..(jpeg.Length * 3 / 4)], side));
    }

    [Fact]
    public void Should_Read_An_Image_Whose_Profile_Is_Damaged_As_If_It_Had_None()
    {
        using var image = TestImages.Vips(24, 24, 3).Mutate(m => m.Set(GValue.BlobType, "icc-profile-data", new byte[200]));
        Assert.Equal(TestImages.Pixels(24, 24, 3), _decoder.Decode(image.WriteToBuffer(".tif"), 24).Pixels);
    }

    /// <summary>Colours well inside every gamut, so that a conversion there and back loses only rounding.</summary>
    private static Image MildColours() =>
        ((TestImages.Vips(24, 24, 3) * 0.4) + 70).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
}
