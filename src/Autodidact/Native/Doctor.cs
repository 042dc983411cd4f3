using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Autodidact.Native;

/// <summary>Looks over the machine: everything that decides whether, and how well, training runs here.</summary>
internal static class Doctor
{
    private const long Gigabyte = 1L << 30;

    // The built-in set trains in well under 2 GB; packing a large set and its checkpoints wants some disk.
    private const long LittleMemory = 2 * Gigabyte;
    private const long LittleDisk = 5 * Gigabyte;
    private const long NoDisk = Gigabyte / 4;

    /// <summary>Collects the facts. A defect becomes a row, never an exception.</summary>
    public static DoctorReport Collect()
    {
        var rows = new List<DoctorRow>
        {
            new("platform", $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.RuntimeIdentifier}", DoctorStatus.Ok),
            new(".net", RuntimeInformation.FrameworkDescription, DoctorStatus.Ok),
        };
        if (OperatingSystem.IsLinux()) rows.Add(LibStdCppRow());
        rows.AddRange(TorchRows());
        rows.Add(MemoryRow());
        rows.Add(CacheRow(CacheFolder.Path));
        rows.Add(DiskRow("cache disk", CacheFolder.Path));
        rows.Add(DiskRow("working disk", Environment.CurrentDirectory));
        return new(rows);
    }

    internal static DoctorRow CacheRow(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return new("cache", folder, DoctorStatus.Ok);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new("cache", $"{folder} cannot be written; set {CacheFolder.Variable} to a folder that can", DoctorStatus.Warn);
        }
    }

    internal static DoctorStatus JudgeDisk(long free) =>
        free < NoDisk ? DoctorStatus.Fail : free < LittleDisk ? DoctorStatus.Warn : DoctorStatus.Ok;

    private static DoctorRow LibStdCppRow()
    {
        const string Name = "libstdc++";
        if (LibStdCpp.Find() is not { } system) return new(Name, "not found; install it (Debian, Ubuntu: libstdc++6)", DoctorStatus.Fail);
        string found = $"{system.Path} offers {system.Newest}";
        if (TorchSharpLibrary.Locate() is not { } library) return new(Name, found, DoctorStatus.Ok);
        try
        {
            byte[] bytes = File.ReadAllBytes(library);
            string needed = LibStdCpp.NewestOf(LibStdCpp.RequiredBy(ElfImage.Parse(bytes))) ?? "nothing";
            var missing = TorchSharpLibrary.Missing(bytes, system);
            bool hopeless = missing.Any(version => version != ElfVersionRepair.Version);
            string verdict =
                missing.Count == 0 ? "" : hopeless ? "; install the libstdc++ of GCC 12 or newer" : "; bridged by a repaired copy";
            return new(Name, $"{found}, {needed} needed{verdict}", hopeless ? DoctorStatus.Fail : DoctorStatus.Ok);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or AutodidactException)
        {
            return new(Name, $"{found}; {library} cannot be read: {error.Message}", DoctorStatus.Fail);
        }
    }

    private static IEnumerable<DoctorRow> TorchRows()
    {
        TorchRuntimeInfo info;
        try
        {
            info = TorchRuntime.Initialize();
        }
        catch (AutodidactException error)
        {
            return [new("libtorch", error.Message, DoctorStatus.Fail)];
        }
        string version = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        var (gpu, unused) = TorchDevices.Here.Summary;
        return
        [
            new(
                "libtorch",
                $"{torch.__version__}, TorchSharp {version}, loaded from {info.RepairedCopy ?? info.Library ?? "the system's search path"}",
                DoctorStatus.Ok),
            new("threads", $"{TorchThreads.Default} used of {Counted(Environment.ProcessorCount, "processor")}", DoctorStatus.Ok),
            new("allocator", info.AllocatorTuned ? "glibc, keeps large blocks" : "the system's, as it is", DoctorStatus.Ok),
            new("gpu", gpu, unused ? DoctorStatus.Warn : DoctorStatus.Ok),
        ];
    }

    private static DoctorRow MemoryRow()
    {
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long available = Math.Min(total, AvailableMemory() ?? total);
        bool little = available < LittleMemory;
        return new("memory", $"{Size(available)} available of {Size(total)}{(little ? "; training may be stopped by the system" : "")}",
            little ? DoctorStatus.Warn : DoctorStatus.Ok);
    }

    private static long? AvailableMemory()
    {
        const string Label = "MemAvailable:";
        if (!OperatingSystem.IsLinux()) return null;
        string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(text => text.StartsWith(Label, StringComparison.Ordinal));
        string? number = line?[Label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes * 1024 : null;
    }

    private static DoctorRow DiskRow(string name, string folder)
    {
        // The folder itself may not exist yet; its nearest ancestor lies on the same disk.
        string? existing = folder;
        while (existing is not null && !Directory.Exists(existing)) existing = Path.GetDirectoryName(existing);
        try
        {
            long free = new DriveInfo(existing ?? Path.GetPathRoot(Environment.CurrentDirectory)!).AvailableFreeSpace;
            return new(name, $"{Size(free)} free at {existing}", JudgeDisk(free));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new(name, $"cannot be measured at {existing}: {error.Message}", DoctorStatus.Warn);
        }
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)Gigabyte:F1} GB");

    private static string Counted(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
