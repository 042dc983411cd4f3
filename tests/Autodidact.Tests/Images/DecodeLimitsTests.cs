using Autodidact.Images;
using NetVips;

namespace Autodidact.Tests.Images;

/// <summary>Small files that ask for much, and real ones that are large. None of the first kind may reach the image library.</summary>
public class DecodeLimitsTests
{
    private readonly ImageDecoder _decoder = new();

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

    [Theory]
    [InlineData(1000, 1, 32)]
    [InlineData(1001, 1, 32)]
    [InlineData(1, 2001, 32)]
    [InlineData(3000, 5, 20)]
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
    public void Should_Refuse_A_Profile_That_Unpacks_To_Much()
    {
        var profile = HostileImages.Chunk("iCCP", [.. "p\0\0"u8, .. HostileImages.Zlib(new byte[20_000_000])]);
        Assert.Equal(
            "its colour profile is larger than 8388608 bytes", Reason(HostileImages.Insert(TestImages.Png(), [profile])));
    }

    private string Reason(byte[] bytes) => Assert.Throws<ImageDecodeException>(() => _decoder.Decode(bytes, 64)).Message;
}
