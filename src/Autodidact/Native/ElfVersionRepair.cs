namespace Autodidact.Native;

/// <summary>The outcome of <see cref="ElfVersionRepair.Apply"/>.</summary>
internal enum ElfRepairStatus
{
    /// <summary>The bytes are no 64-bit little-endian ELF file.</summary>
    NotElf,

    /// <summary>The file is cut off or contradicts itself.</summary>
    Malformed,

    /// <summary>The version is not asked for, or its absence is already accepted.</summary>
    NotNeeded,

    /// <summary>The library really uses the version. Loading it anyway would fail later, with a worse error.</summary>
    Refused,

    /// <summary>The requirement is now weak.</summary>
    Repaired,
}

/// <summary>The answer of a repair and, for people, why.</summary>
internal readonly record struct ElfRepair(ElfRepairStatus Status, string Reason);

/// <summary>
/// Lets a library load where one version of libstdc++ that it names, but never uses, is absent.
/// </summary>
/// <remarks>
/// GCC 13 makes every object that includes <c>&lt;iostream&gt;</c> name <c>std::ios_base_library_init()</c>, versioned
/// <c>GLIBCXX_3.4.32</c>, only so that the loader refuses an older libstdc++. Nothing calls it. Marking that one requirement weak
/// (<c>VER_FLG_WEAK</c>) turns the refusal into a silent acceptance. It is done only when this is provably all the version is for:
/// no other symbol carries it, and no relocation refers to the marker symbol.
/// </remarks>
internal static class ElfVersionRepair
{
    /// <summary>The version that GCC 13 brought.</summary>
    public const string Version = "GLIBCXX_3.4.32";

    /// <summary>Its marker symbol, <c>std::ios_base_library_init()</c>.</summary>
    public const string MarkerSymbol = "_ZSt21ios_base_library_initv";

    private const ulong SymbolSize = 24;

    /// <summary>
    /// Repairs <paramref name="image"/> in place; it is changed only when the answer is <see cref="ElfRepairStatus.Repaired"/>.
    /// </summary>
    public static ElfRepair Apply(byte[] image)
    {
        if (!ElfImage.IsElf64(image)) return new(ElfRepairStatus.NotElf, "not a 64-bit little-endian ELF file");
        try
        {
            var elf = ElfImage.Parse(image);
            // The same version name of another library does not concern us.
            var needs = elf.VersionNeeds().Where(need =>
                need is { Version: Version, Weak: false } && need.Library.StartsWith("libstdc++.so", StringComparison.Ordinal)).ToList();
            if (needs.Count == 0) return new(ElfRepairStatus.NotNeeded, $"{Version} is not required");
            foreach (var need in needs)
            {
                if (FindUse(elf, need.Index) is { } use) return new(ElfRepairStatus.Refused, use);
            }
            foreach (var need in needs) image[need.FlagsOffset] |= (byte)ElfImage.FlagWeak;
            return new(ElfRepairStatus.Repaired, $"{Version} made optional");
        }
        catch (InvalidDataException malformed)
        {
            return new(ElfRepairStatus.Malformed, malformed.Message);
        }
    }

    private static string? FindUse(ElfImage elf, int version)
    {
        if (elf.Find(ElfImage.TypeVersionSymbols) is not { } versions || elf.Find(ElfImage.TypeDynamicSymbols) is not { } symbols)
            throw new InvalidDataException("it requires versions but has no versioned symbols");
        ulong count = symbols.Size / SymbolSize;
        if (versions.Size / 2 < count) throw new InvalidDataException("its symbols and their versions differ in number");

        var markers = new HashSet<ulong>();
        for (ulong i = 0; i < count; i++)
        {
            if ((elf.UInt16(versions.Offset + 2 * i) & 0x7fff) != version) continue;
            string name = elf.Text(symbols, elf.UInt32(symbols.Offset + SymbolSize * i));
            if (name != MarkerSymbol) return $"the symbol {name} needs {Version}";
            markers.Add(i);
        }
        foreach (var section in elf.Sections)
        {
            ulong size = section.Type switch { ElfImage.TypeRela => 24ul, ElfImage.TypeRel => 16ul, _ => 0 };
            if (size == 0) continue;
            for (ulong i = 0; i < section.Size / size; i++)
            {
                // r_info lies eight bytes into an entry; its upper half is the symbol.
                if (markers.Contains(elf.UInt64(section.Offset + i * size + 8) >> 32)) return $"a relocation refers to {MarkerSymbol}";
            }
        }
        return null;
    }
}
