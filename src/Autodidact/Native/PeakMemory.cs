using System.Diagnostics;
using System.Globalization;

namespace Autodidact.Native;

/// <summary>
/// Peak resident memory of this process, over its whole life or since <see cref="Restart"/>. The kernel keeps one mark, and only Linux lets
/// a process lower it.
/// </summary>
internal static class PeakMemory
{
    private const double BytesPerMegabyte = 1024 * 1024;
    private const string HighWaterMark = "VmHWM:";

    private static double _before;

    /// <summary>Most MB since the process began.</summary>
    public static double OfProcess => Math.Max(_before, Read());

    /// <summary>
    /// Gives freed blocks back and begins a new mark at the memory in use now. Returns false where the system cannot do this.
    /// </summary>
    public static bool Restart()
    {
        if (!OperatingSystem.IsLinux()) return false;
        var peak = OfProcess;
        GC.Collect();
        GlibcAllocator.GiveBack();
        try
        {
            // proc(5): 5 resets the peak resident set size to the current one.
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        _before = peak;
        return true;
    }

    /// <summary>Most MB since the last <see cref="Restart"/> that succeeded.</summary>
    public static double SinceRestart => Read();

    private static double Read()
    {
        if (OperatingSystem.IsLinux()
            && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(HighWaterMark, StringComparison.Ordinal)) is { } line)
        {
            return Megabytes(line);
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / BytesPerMegabyte;
    }

    /// <summary>
    /// The mark in MB, of a line of /proc/self/status: a tab, the number of kB, padded to eight places and no more, and the unit.
    /// </summary>
    internal static double Megabytes(string line) =>
        double.Parse(line[HighWaterMark.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) * 1024 / BytesPerMegabyte;
}
