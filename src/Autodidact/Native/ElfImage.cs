using System.Buffers.Binary;
using System.Text;

namespace Autodidact.Native;

/// <summary>One section header of an ELF file.</summary>
internal readonly record struct ElfSection(uint Type, ulong Offset, ulong Size, uint Link, uint Info);

/// <summary>One version a library asks of another: an entry of <c>.gnu.version_r</c>.</summary>
/// <param name="Library">File it is asked of, as <c>libstdc++.so.6</c>.</param>
/// <param name="Version">Version name, as <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">Index by which <c>.gnu.version</c> refers to it.</param>
/// <param name="Weak">Whether the loader accepts its absence.</param>
/// <param name="FlagsOffset">Where in the file its flags lie.</param>
internal readonly record struct ElfVersionNeed(string Library, string Version, int Index, bool Weak, int FlagsOffset);

/// <summary>
/// The parts of a 64-bit little-endian ELF file that symbol versions need. Every read is checked against the file's length. A bad file
/// raises <see cref="InvalidDataException"/>, which callers turn into an answer.
/// </summary>
internal sealed class ElfImage
{
    public const uint TypeRela = 4;
    public const uint TypeDynamic = 6;
    public const uint TypeRel = 9;
    public const uint TypeDynamicSymbols = 11;
    public const uint TypeVersionDefinitions = 0x6ffffffd;
    public const uint TypeVersionNeeds = 0x6ffffffe;
    public const uint TypeVersionSymbols = 0x6fffffff;
    public const ushort FlagWeak = 2;

    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;
    private const ulong DynamicNeeded = 1;

    private readonly byte[] _bytes;

    private ElfImage(byte[] bytes, IReadOnlyList<ElfSection> sections) => (_bytes, Sections) = (bytes, sections);

    public IReadOnlyList<ElfSection> Sections { get; }

    /// <summary>Whether the bytes begin as a 64-bit little-endian ELF file does.</summary>
    public static bool IsElf64(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("\u007fELF"u8) && bytes.Length > 5 && bytes[4] == 2 && bytes[5] == 1;

    public static ElfImage Parse(byte[] bytes)
    {
        var header = new ElfImage(bytes, []);
        header.Require(0, HeaderSize);
        ulong table = header.UInt64(0x28);
        int entrySize = header.UInt16(0x3A);
        int count = header.UInt16(0x3C);
        if (table == 0 || count == 0) throw new InvalidDataException("it has no section headers");
        if (entrySize != SectionHeaderSize) throw new InvalidDataException("its section headers have an unknown size");
        header.Require(table, (ulong)count * SectionHeaderSize);
        var sections = new ElfSection[count];
        for (int i = 0; i < count; i++)
        {
            ulong at = table + (ulong)i * SectionHeaderSize;
            sections[i] = new(
                header.UInt32(at + 4), header.UInt64(at + 24), header.UInt64(at + 32), header.UInt32(at + 40), header.UInt32(at + 44));
        }
        return new(bytes, sections);
    }

    /// <summary>The first section of a type, checked to lie inside the file.</summary>
    public ElfSection? Find(uint type)
    {
        foreach (var section in Sections)
        {
            if (section.Type != type) continue;
            Require(section.Offset, section.Size);
            return section;
        }
        return null;
    }

    /// <summary>Every version this file asks of the libraries it needs.</summary>
    public IReadOnlyList<ElfVersionNeed> VersionNeeds()
    {
        if (Find(TypeVersionNeeds) is not { } section) return [];
        var needs = new List<ElfVersionNeed>();
        ulong file = section.Offset;
        for (uint i = 0; i < section.Info; i++)
        {
            RequireInside(section, file, 16);
            int count = UInt16(file + 2);
            string library = Text(section, UInt32(file + 4));
            ulong entry = file + UInt32(file + 8);
            for (int k = 0; k < count; k++)
            {
                RequireInside(section, entry, 16);
                // More entries than the section has room for means that the chain runs over itself.
                if ((ulong)needs.Count >= section.Size / 16) throw new InvalidDataException("its version needs overlap");
                ushort flags = UInt16(entry + 4);
                needs.Add(
                    new(library, Text(section, UInt32(entry + 8)), UInt16(entry + 6) & 0x7fff, (flags & FlagWeak) != 0, (int)entry + 4));
                if (!Advance(ref entry, UInt32(entry + 12))) break;
            }
            if (!Advance(ref file, UInt32(file + 12))) break;
        }
        return needs;
    }

    /// <summary>The names of every version this file offers.</summary>
    public IReadOnlyList<string> VersionDefinitions()
    {
        if (Find(TypeVersionDefinitions) is not { } section) return [];
        var names = new List<string>();
        ulong at = section.Offset;
        for (uint i = 0; i < section.Info; i++)
        {
            RequireInside(section, at, 20);
            ulong name = at + UInt32(at + 12);
            RequireInside(section, name, 8);
            names.Add(Text(section, UInt32(name)));
            if (!Advance(ref at, UInt32(at + 16))) break;
        }
        return names;
    }

    /// <summary>The libraries this file asks the loader for.</summary>
    public IReadOnlyList<string> Libraries()
    {
        if (Find(TypeDynamic) is not { } section) return [];
        var names = new List<string>();
        for (ulong at = section.Offset; at + 16 <= section.Offset + section.Size && UInt64(at) != 0; at += 16)
        {
            if (UInt64(at) == DynamicNeeded) names.Add(Text(section, UInt64(at + 8)));
        }
        return names;
    }

    /// <summary>A zero-ended name out of the string table a section links to.</summary>
    public string Text(ElfSection owner, ulong offset)
    {
        if (owner.Link >= (uint)Sections.Count) throw new InvalidDataException("a string table is missing");
        var table = Sections[(int)owner.Link];
        Require(table.Offset, table.Size);
        if (offset >= table.Size) throw new InvalidDataException("a name lies outside its string table");
        var rest = _bytes.AsSpan((int)(table.Offset + offset), (int)(table.Size - offset));
        int end = rest.IndexOf((byte)0);
        if (end < 0) throw new InvalidDataException("a name has no end");
        return Encoding.Latin1.GetString(rest[..end]);
    }

    public ushort UInt16(ulong offset) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(offset, 2));

    public uint UInt32(ulong offset) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offset, 4));

    public ulong UInt64(ulong offset) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(offset, 8));

    private ReadOnlySpan<byte> Slice(ulong offset, ulong size)
    {
        Require(offset, size);
        return _bytes.AsSpan((int)offset, (int)size);
    }

    private void Require(ulong offset, ulong size)
    {
        ulong length = (ulong)_bytes.Length;
        if (offset > length || size > length - offset) throw new InvalidDataException("it ends too early");
    }

    private static void RequireInside(ElfSection section, ulong offset, ulong size)
    {
        ulong relative = offset - section.Offset;
        if (offset < section.Offset || relative > section.Size || size > section.Size - relative)
            throw new InvalidDataException("a version entry lies outside its section");
    }

    private static bool Advance(ref ulong offset, uint step)
    {
        offset += step;
        return step != 0;
    }
}
