using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Autodidact.Native;

/// <summary>
/// The native half of TorchSharp on Linux: whether this system's libstdc++ suffices for it, and a repaired copy where it does not.
/// The original is never written to: it may be the package cache itself, or a hard link into it.
/// </summary>
internal static class TorchSharpLibrary
{
    /// <summary>The name by which TorchSharp's P/Invokes ask for it.</summary>
    public const string ImportName = "LibTorchSharp";

    private const string FileName = "libLibTorchSharp.so";

    /// <summary>Where the original lies, or null.</summary>
    public static string? Locate() => NativeFolders.FindFile(FileName);

    /// <summary>
    /// The versions of libstdc++ that <paramref name="library"/> requires and <paramref name="system"/> lacks.
    /// </summary>
    public static IReadOnlyList<string> Missing(byte[] library, LibStdCpp system)
    {
        try
        {
            return LibStdCpp.RequiredBy(ElfImage.Parse(library)).Where(version => !system.Versions.Contains(version)).ToList();
        }
        catch (InvalidDataException error)
        {
            throw new AutodidactException(FailureKind.Environment,
                $"{FileName} cannot be read ({error.Message}): restore the packages again ('dotnet restore --force')", error);
        }
    }

    /// <summary>Loads a copy that asks for less, or throws a one-line reason why it cannot.</summary>
    /// <returns>The handle and the copy's path.</returns>
    public static (nint Handle, string Path) LoadRepaired(string original, byte[] bytes, IReadOnlyList<string> missing, LibStdCpp system)
    {
        string[] used = [.. missing.Where(version => version != ElfVersionRepair.Version)];
        if (used.Length > 0)
        {
            throw new AutodidactException(FailureKind.Environment,
                $"libstdc++ is too old for libtorch: {system.Path} offers up to {system.Newest ?? "no GLIBCXX version"} and "
                + $"{LibStdCpp.NewestOf(used) ?? used[0]} is missing; "
                + "install the libstdc++ of GCC 12 or newer (Debian 12, Ubuntu 22.04, Fedora 36; "
                + "elsewhere conda-forge's 'libstdcxx-ng' on LD_LIBRARY_PATH)");
        }
        byte[] repaired = (byte[])bytes.Clone();
        var repair = ElfVersionRepair.Apply(repaired);
        if (repair.Status != ElfRepairStatus.Repaired)
        {
            throw new AutodidactException(FailureKind.Environment,
                $"{original} asks for {ElfVersionRepair.Version} and cannot be repaired ({repair.Reason}); "
                + "install the libstdc++ of GCC 13 or newer");
        }
        LoadDependencies(bytes);
        string name = $"libLibTorchSharp-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}.so";
        string copy = Store(name, repaired, out bool temporary);
        try
        {
            return (NativeLibrary.Load(copy), copy);
        }
        catch (DllNotFoundException error)
        {
            throw new AutodidactException(
                FailureKind.Environment, $"libtorch does not load: {error.Message.ReplaceLineEndings(" ")}", error);
        }
        finally
        {
            // A loaded library lives on without its name.
            if (temporary) Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        }
    }

    /// <summary>
    /// Puts <paramref name="bytes"/> into the cache, or into a private temporary folder where the cache cannot be written.
    /// An existing copy is used only if it is equal byte for byte.
    /// </summary>
    internal static string Store(string name, byte[] bytes, out bool temporary)
    {
        temporary = false;
        try
        {
            string folder = Path.Combine(CacheFolder.Path, "native");
            string path = Path.Combine(folder, name);
            RemoveLeftovers(folder, name);
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) return path;
            Directory.CreateDirectory(folder);

            // Written aside and renamed, so that a process starting at the same moment never sees half a file. It is renamed while it is
            // open, and so locked: nobody can take it for a leftover.
            string aside = $"{path}.{Guid.NewGuid():N}";
            try
            {
                using var stream = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None);
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
                File.Move(aside, path, overwrite: true);
            }
            finally
            {
                File.Delete(aside);
            }
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            temporary = true;
            string path = Path.Combine(Directory.CreateTempSubdirectory("autodidact-").FullName, name);
            File.WriteAllBytes(path, bytes);
            return path;
        }
    }

    /// <summary>Removes what killed processes left half written; a living one holds its file.</summary>
    private static void RemoveLeftovers(string folder, string name)
    {
        if (!Directory.Exists(folder)) return;
        foreach (string file in Directory.GetFiles(folder))
        {
            string own = Path.GetFileName(file);
            bool isHalf = own.StartsWith(name + ".", StringComparison.Ordinal) && Guid.TryParseExact(own[(name.Length + 1)..], "N", out _);
            if (!isHalf) continue;
            try
            {
                using var held = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None);
                File.Delete(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another process writes it, or may not be disturbed: it stays.
            }
        }
    }

    private static void LoadDependencies(byte[] bytes)
    {
        // The original finds these beside itself ($ORIGIN); the copy does not, but the loader knows them by name once they are loaded.
        foreach (string dependency in ElfImage.Parse(bytes).Libraries())
        {
            if (NativeFolders.FindFile(dependency) is { } path) NativeLibrary.Load(path);
        }
    }
}
