using System.Runtime.InteropServices;

namespace Autodidact.Files;

/// <summary>Puts a finished folder into the place of an older one.</summary>
internal static partial class FolderSwap
{
    private const int CurrentFolder = -100;
    private const uint Exchange = 2;
    private const uint Swap = 2;

    /// <summary>
    /// Replaces a folder by one rename where the system exchanges two names at once (Linux and macOS, on most file systems). Elsewhere the
    /// old folder is renamed to <see cref="AsideOf"/> first. Call <see cref="Repair"/> before the draft is made.
    /// </summary>
    /// <param name="draft">The finished folder, on the same file system; gone afterwards.</param>
    /// <param name="target">The folder's place; an older folder there is removed.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Replace(string draft, string target)
    {
        Replace(draft, target, TryExchange);
        FolderFlush.Of(Path.GetDirectoryName(Path.GetFullPath(target))!);
    }

    internal static void Replace(string draft, string target, Func<string, string, bool> tryExchange)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(draft, target);
        }
        else if (tryExchange(draft, target))
        {
            // The draft's name holds the old folder now; whatever stays of it goes with the next writer's leftovers.
            TemporaryFile.DeleteFolder(draft);
        }
        else
        {
            Directory.Move(target, AsideOf(target));
            Directory.Move(draft, target);
            TemporaryFile.DeleteFolder(AsideOf(target));
        }
    }

    /// <summary>Where the old folder lies between the two renames of a system that cannot exchange names.</summary>
    /// <param name="target">The folder's place.</param>
    public static string AsideOf(string target) => target + ".replaced";

    /// <summary>
    /// Ends what a killed process left of <see cref="Replace(string, string)"/>. Call it only while no other writer can be at work.
    /// </summary>
    /// <param name="target">The folder's place.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Repair(string target)
    {
        var aside = AsideOf(target);
        if (Directory.Exists(aside))
        {
            if (Directory.Exists(target))
                Directory.Delete(aside, recursive: true);
            else
                Directory.Move(aside, target);
        }

        TemporaryFile.RemoveBeside(target);
    }

    /// <summary>Exchanges two names in one moment; false where the system or the file system cannot.</summary>
    /// <param name="one">A folder.</param>
    /// <param name="other">Another.</param>
    internal static bool TryExchange(string one, string other)
    {
        try
        {
            return OperatingSystem.IsLinux() ? RenameAt2(CurrentFolder, one, CurrentFolder, other, Exchange) == 0
                : OperatingSystem.IsMacOS() && RenameX(one, other, Swap) == 0;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // A C library from before 2018.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameX(string oldPath, string newPath, uint flags);
}
