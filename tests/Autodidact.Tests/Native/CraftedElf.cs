using System.Buffers.Binary;
using System.Text;

namespace Autodidact.Tests.Native;

/// <summary>The smallest ELF file that asks libstdc++ for versions: five sections, laid out by hand from the specification.</summary>
internal sealed record CraftedElf
{
    /// <summary>Names of the undefined symbols and the version index each carries.</summary>
    public (string Name, ushort Version)[] Symbols { get; init; } = [("_ZSt21ios_base_library_initv", 3), ("_ZSt4cout", 2)];

    /// <summary>Versions asked for, with their indices.</summary>
    public (string Name, ushort Index, ushort Flags)[] Needs { get; init; } = [("GLIBCXX_3.4", 2, 0), ("GLIBCXX_3.4.32", 3, 0)];

    /// <summary>The library they are asked of.</summary>
    public string Library { get; init; } = "libstdc++.so.6";

    /// <summary>Symbol (1 = the first) that a relocation refers to.</summary>
    public uint Relocated { get; init; } = 2;

    public byte[] Build()
    {
        var names = new List<byte> { 0 };
        uint Name(string text)
        {
            uint at = (uint)names.Count;
            names.AddRange(Encoding.ASCII.GetBytes(text + "\0"));
            return at;
        }

        var symbols = new byte[24 * (Symbols.Length + 1)];
        var versions = new byte[2 * (Symbols.Length + 1)];
        for (int i = 0; i < Symbols.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(symbols.AsSpan(24 * (i + 1)), Name(Symbols[i].Name));
            BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2 * (i + 1)), Symbols[i].Version);
        }
        var needs = new byte[16 * (Needs.Length + 1)];
        BinaryPrimitives.WriteUInt16LittleEndian(needs, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(needs.AsSpan(2), (ushort)Needs.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(needs.AsSpan(4), Name(Library));
        BinaryPrimitives.WriteUInt32LittleEndian(needs.AsSpan(8), 16);
        for (int i = 0; i < Needs.Length; i++)
        {
            var entry = needs.AsSpan(16 * (i + 1));
            BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], Needs[i].Flags);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], Needs[i].Index);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], Name(Needs[i].Name));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], i + 1 < Needs.Length ? 16u : 0);
        }
        var relocations = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(relocations.AsSpan(8), ((ulong)Relocated << 32) | 6);

        (uint Type, byte[] Body, uint Link, uint Info)[] sections =
        [
            (0, [], 0, 0), (3, [.. names], 0, 0), (11, symbols, 1, 1), (0x6fffffff, versions, 2, 0), (0x6ffffffe, needs, 1, 1),
            (4, relocations, 2, 0),
        ];
        var file = new List<byte>(new byte[64]);
        var headers = new byte[64 * sections.Length];
        for (int i = 0; i < sections.Length; i++)
        {
            var header = headers.AsSpan(64 * i);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], sections[i].Type);
            BinaryPrimitives.WriteUInt64LittleEndian(header[24..], (ulong)file.Count);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)sections[i].Body.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[40..], sections[i].Link);
            BinaryPrimitives.WriteUInt32LittleEndian(header[44..], sections[i].Info);
            file.AddRange(sections[i].Body);
        }
        ulong table = (ulong)file.Count;
        file.AddRange(headers);
        byte[] bytes = [.. file];
        byte[] magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x28), table);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3A), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3C), (ushort)sections.Length);
        return bytes;
    }
}
