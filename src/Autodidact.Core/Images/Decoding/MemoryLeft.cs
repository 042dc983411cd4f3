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

    private static readonly long? _addressSpace = OperatingSystem.IsLinux() ? AddressSpaceLimit() : null;

    /// <summary>Refuses a picture that does not fit.</summary>
    /// <param name="bytes">Bytes that decoding it takes.</param>
    /// <exception cref="ImageDecodeException">It does not fit.</exception>
    public static void Check(long bytes)
    {
        if (bytes < Notable)
            return;
        Check(bytes, Math.Min(Physical(), AddressSpace()) - Reserve);
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
        var info = GC.GetGCMemoryInfo();
        return info.TotalAvailableMemoryBytes - Math.Min(info.TotalAvailableMemoryBytes, Environment.WorkingSet);
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
