using Autodidact.Numerics;

namespace Autodidact.IntegrationTests;

/// <summary>A flat folder of small BMP files, written byte by byte.</summary>
internal static class PictureFolder
{
    public static void Make(string folder, int images, int side)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < images; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{i:D3}.bmp"), Bmp(side, new CounterRandom(5, (uint)i)));
        }
    }

    private static byte[] Bmp(int side, CounterRandom random)
    {
        const int HeaderBytes = 54;
        var data = new byte[HeaderBytes + (side * side * 3)];
        using var writer = new BinaryWriter(new MemoryStream(data));
        writer.Write("BM"u8);
        writer.Write(data.Length);
        writer.Write(0);
        writer.Write(HeaderBytes);
        writer.Write(40);
        writer.Write(side);
        writer.Write(side);
        writer.Write((short)1);
        writer.Write((short)24);
        writer.Write(new byte[24]);
        for (var i = HeaderBytes; i < data.Length; i++)
        {
            data[i] = (byte)random.NextUInt32();
        }

        return data;
    }
}
