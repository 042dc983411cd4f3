using System.Buffers.Binary;
using System.IO.Compression;
using Autodidact.Images;
using NetVips;

namespace Autodidact.Tests.Images;

/// <summary>Small images made for the tests, encoded or raw.</summary>
internal static class TestImages
{
    /// <summary>Smooth RGB pixels that differ with the seed, so that lossy encodings stay close to them.</summary>
    public static byte[] Pixels(int height, int width, int seed = 0)
    {
        var pixels = new byte[height * width * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = 3 * ((y * width) + x);
                pixels[at] = (byte)(255 * x / width);
                pixels[at + 1] = (byte)(255 * y / height);
                pixels[at + 2] = (byte)(seed * 37);
            }
        }

        return pixels;
    }

    public static Image Vips(int height, int width, int seed = 0)
    {
        using var memory = Image.NewFromMemory(Pixels(height, width, seed), width, height, 3, Enums.BandFormat.Uchar);
        return memory.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    public static byte[] Encode(string suffix, int height = 24, int width = 24, int seed = 0)
    {
        using var image = Vips(height, width, seed);
        return image.WriteToBuffer(suffix);
    }

    public static byte[] Jpeg(int height = 24, int width = 24, int seed = 0) => Encode(".jpg[Q=95]", height, width, seed);

    public static byte[] Png(int height = 24, int width = 24, int seed = 0) => Encode(".png", height, width, seed);

    /// <summary>A 24-bit bitmap, bottom row first, as Windows writes it.</summary>
    public static byte[] Bmp(int height, int width, int seed = 0)
    {
        var row = ((width * 3) + 3) / 4 * 4;
        var file = new byte[54 + (row * height)];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        var pixels = Pixels(height, width, seed);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < 3; c++)
                    file[54 + (row * (height - 1 - y)) + (3 * x) + c] = pixels[(3 * ((y * width) + x)) + 2 - c];
            }
        }

        return file;
    }

    public static ImageEntry[] All(this IImageSource source) => [.. source.Enumerate(TestContext.Current.CancellationToken)];

    public static IReadOnlyList<string?> Pack(
        IImageSource source, string path, PackOptions? options = null, IProgress<PackProgress>? progress = null) =>
        PackBuilder.Build(source, path, options, progress, TestContext.Current.CancellationToken);

    public static void WriteZip(string path, params (string Name, byte[] Bytes)[] entries)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, bytes) in entries)
        {
            using var stream = archive.CreateEntry(name).Open();
            stream.Write(bytes);
        }
    }

    public static int LargestDifference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.Equal(a.Length, b.Length);
        var largest = 0;
        for (var i = 0; i < a.Length; i++)
            largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        return largest;
    }
}

/// <summary>A source of entries given in the test.</summary>
internal sealed class ListSource(params ImageEntry[] entries) : IImageSource
{
    public string Description => "list";

    public int Passes { get; private set; }

    public string Stamp() => string.Join('|', entries.Select(entry => entry.Key));

    public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default)
    {
        Passes++;
        return entries;
    }
}

/// <summary>An empty directory that is gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Root = Directory.CreateTempSubdirectory("autodidact-images-").FullName;

    public string Root { get; }

    public string this[string name] => Path.Combine(Root, name);

    public string Write(string name, byte[] bytes)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
