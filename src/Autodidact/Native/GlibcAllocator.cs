using System.Runtime.InteropServices;

namespace Autodidact.Native;

/// <summary>
/// Tells glibc's allocator to keep large blocks. By default it maps every block above 32 MiB anew and returns it to the kernel when freed,
/// so a training step pays for zeroed pages again and again; keeping them cut system time by more than half.
/// </summary>
internal static partial class GlibcAllocator
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;

    /// <summary>Sets the thresholds; false where the C library is not glibc or refuses.</summary>
    public static bool KeepLargeBlocks()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            // Older glibc accepts at most 32 MiB for the first; the others still help there.
            bool kept = Set(MmapThreshold, 1 << 30) != 0 || Set(MmapThreshold, 32 << 20) != 0;
            return kept & Set(TrimThreshold, int.MaxValue) != 0 & Set(TopPad, 64 << 20) != 0;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl has no mallopt: nothing to tune.
            return false;
        }
    }

    /// <summary>
    /// Gives freed blocks back to the system before memory is measured. Does nothing where the C library is not glibc.
    /// </summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl keeps no freed blocks.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
