using Autodidact.Images;

namespace Autodidact.Tests.Views;

/// <summary>Pictures made by a formula, the same as in tools/reference/views.py.</summary>
internal sealed class FormulaImages(int count, int height, int width) : IImageSet
{
    private readonly byte[][] _pixels = [.. Enumerable.Range(0, count).Select(i => Shifted(Edges(height, width), 17 * i))];

    public int Count => _pixels.Length;

    public int Height => height;

    public int Width => width;

    public ReadOnlySpan<byte> Pixels(int index) => _pixels[index];

    public string Key(int index) => $"{index}";

    internal static byte[] Edges(int height, int width) => Fill(height, width, (x, y, c) =>
    {
        var p = ((x * (7 + (4 * c))) + (y * (5 + (3 * c))) + (x * y * (c + 1) / 4)) % 256;
        p = (x + y) % 11 == 0 ? 255 : p;
        p = ((x * 3) + y) % 13 == 0 ? 0 : p;
        return ((x / 4) + (y / 4)) % 5 == 0 ? ((x * 9) + (y * 2)) % 256 : p;
    });

    internal static byte[] Smooth(int height, int width) =>
        Fill(height, width, (x, y, c) => 20 + (4 * x) + (3 * y) + (10 * c) + (x * y / 16));

    private static byte[] Shifted(byte[] pixels, int by) => [.. pixels.Select(p => (byte)(p + by))];

    private static byte[] Fill(int height, int width, Func<int, int, int, int> value)
    {
        var pixels = new byte[height * width * 3];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)value(i / 3 % width, i / 3 / width, i % 3);
        return pixels;
    }
}
