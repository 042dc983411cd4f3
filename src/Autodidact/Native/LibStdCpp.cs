using System.Runtime.InteropServices;

namespace Autodidact.Native;

/// <summary>The system's C++ standard library, and which symbol versions it offers.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Versions">Every version it defines: <c>GLIBCXX_…</c> and <c>CXXABI_…</c>.</param>
internal sealed record LibStdCpp(string Path, IReadOnlySet<string> Versions)
{
    private const string FileName = "libstdc++.so.6";

    /// <summary>The newest <c>GLIBCXX_</c> version offered, or null.</summary>
    public string? Newest => NewestOf(Versions);

    /// <summary>Finds the library the loader of this process uses; null where there is none.</summary>
    public static LibStdCpp? Find()
    {
        // Loading it first puts the very file that libtorch will meet into the process's map.
        if (!NativeLibrary.TryLoad(FileName, out _)) return null;
        string? path = MappedPath();
        if (path is null) return null;
        try
        {
            return new(path, ElfImage.Parse(File.ReadAllBytes(path)).VersionDefinitions().ToHashSet(StringComparer.Ordinal));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The versions a library strictly requires of libstdc++.</summary>
    public static IReadOnlyList<string> RequiredBy(ElfImage library) =>
        library.VersionNeeds().Where(need => !need.Weak && need.Library.StartsWith("libstdc++.so", StringComparison.Ordinal))
            .Select(need => need.Version).Distinct().ToList();

    /// <summary>The newest <c>GLIBCXX_</c> version among some, compared as numbers.</summary>
    public static string? NewestOf(IEnumerable<string> versions) =>
        versions.Where(
            name => name.StartsWith("GLIBCXX_", StringComparison.Ordinal) && System.Version.TryParse(name["GLIBCXX_".Length..], out _))
            .MaxBy(name => System.Version.Parse(name["GLIBCXX_".Length..]));

    private static string? MappedPath()
    {
        // A line reads: address perms offset device inode path
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            int slash = line.IndexOf('/');
            if (slash >= 0 && System.IO.Path.GetFileName(line[slash..]).StartsWith("libstdc++.so", StringComparison.Ordinal))
                return line[slash..];
        }
        return null;
    }
}
