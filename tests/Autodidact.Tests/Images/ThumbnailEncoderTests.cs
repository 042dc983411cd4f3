using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class ThumbnailEncoderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly PackedImages _images;

    public ThumbnailEncoderTests()
    {
        var path = _directory["set.pack"];
        TestImages.Pack(
            new ListSource([.. Enumerable.Range(0, 5).Select(i => new ImageEntry($"key{i}", null, new RawImage(Flat(i), 8, 8, 3)))]), path);
        _images = PackedImages.Open(path);
    }

    public void Dispose()
    {
        _images.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Should_Show_The_Image_And_Never_Enlarge_It()
    {
        var decoded = new ImageDecoder().Decode(ThumbnailEncoder.Encode(_images, 2, 64, 90), 8);
        Assert.Equal((8, 8), (decoded.OriginalHeight, decoded.OriginalWidth));
        Assert.All(decoded.Pixels, value => Assert.InRange((int)value, Shade(2) - 6, Shade(2) + 6));
        Assert.Equal(4, new ImageDecoder().Decode(ThumbnailEncoder.Encode(_images, 2, 4, 90), 4).OriginalWidth);
    }

    [Fact]
    public void Should_Put_Images_On_A_Sheet_Row_By_Row()
    {
        // 3 columns of 8 pixels, so 2 rows; the sixth cell stays white.
        var sheet = new ImageDecoder().Decode(ThumbnailEncoder.EncodeSheet(_images, [4, 3, 2, 1, 0], 8, 3, 95), 16);
        Assert.Equal((16, 24), (sheet.OriginalHeight, sheet.OriginalWidth));
        int[][] wanted = [[Shade(3)], [Shade(0), 255]];

        // The decoder crops the middle 16 columns: half of the first cell, the second, half of the third.
        Assert.InRange((int)sheet.Pixels[((4 * 16) + 8) * 3], wanted[0][0] - 8, wanted[0][0] + 8);
        Assert.InRange((int)sheet.Pixels[((12 * 16) + 8) * 3], wanted[1][0] - 8, wanted[1][0] + 8);
        Assert.InRange((int)sheet.Pixels[((12 * 16) + 14) * 3], 247, 255);
    }

    [Fact]
    public void Should_Refuse_What_It_Cannot_Draw()
    {
        Assert.Throws<ArgumentException>(() => ThumbnailEncoder.EncodeSheet(_images, [], 8, 3, 90));
        Assert.Throws<ArgumentException>(() => ThumbnailEncoder.EncodeSheet(_images, [.. Enumerable.Repeat(0, 2000)], 8, 2048, 90));
        Assert.Throws<ArgumentOutOfRangeException>(() => ThumbnailEncoder.Encode(_images, 0, 0, 90));
        Assert.Throws<ArgumentOutOfRangeException>(() => ThumbnailEncoder.Encode(_images, 0, 8, 101));
    }

    private static int Shade(int image) => 40 + (40 * image);

    private static byte[] Flat(int image) => [.. Enumerable.Repeat((byte)Shade(image), 8 * 8 * 3)];
}
