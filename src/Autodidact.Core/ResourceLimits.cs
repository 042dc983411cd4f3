using System.Globalization;
using System.Runtime.InteropServices;

namespace Autodidact;

/// <summary>
/// Limits that the system sets for this process (<c>ulimit</c>). .NET, libtorch and ONNX Runtime end the process without a word where they
/// meet one, so a program compares before it loads them. Linux alone is asked; elsewhere nothing counts as limited.
/// </summary>
internal static unsafe partial class ResourceLimits
{
    /// <summary>Files that the commands need open at once: most are parts of .NET. 96 were too few for each, 128 enough for all.</summary>
    public const long LeastOpenFiles = 128;

    private const int OpenFilesNumber = 7;
    private const int AddressSpaceNumber = 9;
    private const double Gigabyte = 1L << 30;

    /// <summary>Threads beyond these took no more address space.</summary>
    private const int MostThreads = 8;

    /// <summary>
    /// Address space that each thread takes, and that a small network takes besides: measured with 2, 8 and 16 threads as the least that
    /// works. A larger network or batch takes more.
    /// </summary>
    private const double GigabytesPerThread = 0.15;

    private const double GigabytesOfTraining = 5.4;
    private const double GigabytesOfPrediction = 3.5;

    /// <summary>Files that the process may have open; null without a limit.</summary>
    public static long? OpenFiles => Limit(OpenFilesNumber);

    /// <summary>Bytes of address space that the process may take; null without a limit.</summary>
    public static long? AddressSpace => Limit(AddressSpaceNumber);

    /// <summary>Bytes of address space that the smallest training needs on this machine.</summary>
    public static long Training => Bytes(GigabytesOfTraining);

    /// <summary>Bytes of address space that a model needs to answer on this machine.</summary>
    public static long Prediction => Bytes(GigabytesOfPrediction);

    /// <summary>Why so few open files are too few; null where they suffice.</summary>
    /// <param name="limit">The limit; null for none.</param>
    public static string? OpenFilesProblem(long? limit) => limit < LeastOpenFiles
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"this process may open {limit} files, and {LeastOpenFiles} are needed: raise the limit (ulimit -n)")
        : null;

    /// <summary>Why so little address space is too little; null where it suffices.</summary>
    /// <param name="limit">The limit in bytes; null for none.</param>
    /// <param name="needed">Bytes that are needed.</param>
    /// <param name="purpose">The purpose, as the subject of the sentence.</param>
    public static string? AddressSpaceProblem(long? limit, long needed, string purpose) => limit < needed
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"this process may take {limit / Gigabyte:0.0} GB of address space, and {purpose} needs {needed / Gigabyte:0.0} GB or more: "
                + $"raise the limit (ulimit -v {(needed >> 10) + 1} or unlimited)")
        : null;

    private static long Bytes(double own) =>
        (long)(Gigabyte * (own + (GigabytesPerThread * Math.Min(MostThreads, Environment.ProcessorCount))));

    private static long? Limit(int number)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var limits = stackalloc ulong[2];
        return GetLimit(number, limits) == 0 && limits[0] < long.MaxValue ? (long)limits[0] : null;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int number, ulong* limits);
}
