namespace Autodidact.Images;

/// <summary>The checksum of zip archives (CRC-32, ISO 3309), which .NET stores but does not compare.</summary>
internal static class Crc32
{
    private static readonly uint[] _tables = BuildTables();

    /// <summary>The checksum of some bytes, four at a time.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var tables = _tables;
        var crc = uint.MaxValue;
        while (bytes.Length >= 4)
        {
            crc ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            crc = tables[768 + (crc & 0xFF)] ^ tables[512 + ((crc >> 8) & 0xFF)] ^ tables[256 + ((crc >> 16) & 0xFF)] ^ tables[crc >> 24];
            bytes = bytes[4..];
        }

        foreach (var value in bytes)
            crc = tables[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] BuildTables()
    {
        var tables = new uint[1024];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            tables[i] = value;
        }

        for (var i = 256; i < 1024; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xFF];
        return tables;
    }
}
