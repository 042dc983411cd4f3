using System.Globalization;

namespace Autodidact.Images;

/// <summary>
/// The memory that this process may still take. The image library ends the whole process where an allocation fails, so a picture that does
/// not fit must not be tried.
/// </summary>
internal static class MemoryLeft
{
    /// <summary>Pictures below this size are not asked about: the runtime itself takes more in a moment.</summary>
    public const long Notable = 16L * 1024 * 1024;

    // Left for everything else in the process.
    private const long Reserve = 32L * 1024 * 1024;

    // Decoders take addresses that they never use.
    private const int AddressesPerByte = 2;

    private static readonly bool _heapIsLimited =
        GC.GetConfigurationVariables().TryGetValue("GCHeapHardLimit", out var limit) && limit is not 0L;

    private static readonly long? _addressSpace = OperatingSystem.IsLinux() ? AddressSpaceLimit() : null;

    /// <summary>Bytes that the process may still take.</summary>
    public static long Bytes => Math.Min(Physical(), AddressSpace() / AddressesPerByte);

    /// <summary>Refuses a picture that does not fit.</summary>
    /// <param name="bytes">Bytes that decoding it takes.</param>
    /// <exception cref="ImageDecodeException">It does not fit.</exception>
    public static void Check(long bytes)
    {
        if (bytes >= Notable)
            Check(bytes, Bytes - Reserve);
    }

    /// <summary>Refuses a picture that does not fit into the bytes that are left.</summary>
    /// <exception cref="ImageDecodeException">It does not fit.</exception>
    internal static void Check(long bytes, long left)
    {
        if (bytes > left)
        {
            throw new ImageDecodeException(
                $"it takes {bytes / 1_000_000} MB of memory to decode, and the process may take {Math.Max(left, 0) / 1_000_000} MB more");
        }
    }

    private static long Physical()
    {
        // Where the managed heap has a limit of its own, the runtime tells that one. It says nothing of the image library's memory.
        if (_heapIsLimited)
            return long.MaxValue;
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Max(0, total - Environment.WorkingSet);
    }

    private static long AddressSpace()
    {
        if (_addressSpace is not { } limit)
            return long.MaxValue;
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[0];
        return limit - (long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize);
    }

    private static long? AddressSpaceLimit()
    {
        try
        {
            const string Name = "Max address space";
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(text => text.StartsWith(Name, StringComparison.Ordinal));
            var words = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return long.TryParse(words?[0], CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
