using System.Globalization;
using TorchSharp;

namespace Autodidact.Native;

/// <summary>
/// How many threads libtorch computes with. Results are repeatable for one number of threads, so a run records it.
/// </summary>
internal static class TorchThreads
{
    /// <summary>
    /// The physical cores this process may use: matrix products saturate a core's vector units, so two threads on one core only get in each
    /// other's way. Processor affinity and a container's limit are respected.
    /// </summary>
    public static int Default { get; } = Math.Max(1, Math.Min(Environment.ProcessorCount, AllowedCores() ?? Environment.ProcessorCount));

    /// <summary>The number in effect.</summary>
    public static int Current => torch.get_num_threads();

    /// <summary>
    /// Sets the number of threads, for the whole process. More than <see cref="Default"/> wait for each other and can train a hundred times
    /// slower.
    /// </summary>
    /// <param name="threads">How many; null means <see cref="Default"/>.</param>
    /// <returns>The number in effect, to be recorded.</returns>
    /// <exception cref="AutodidactException">The number is below one.</exception>
    public static int Set(int? threads = null)
    {
        int wanted = threads ?? Default;
        if (wanted < 1)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"threads: {wanted} is not a number of threads; give 1 or more, or leave it out");
        }
        TorchRuntime.Initialize();
        torch.set_num_threads(wanted);
        return torch.get_num_threads();
    }

    /// <summary>Distinct cores among the processors of a kernel list such as <c>0-3,8</c>; null where one of them cannot be told.</summary>
    internal static int? CountCores(string processors, Func<int, string?> coreOf)
    {
        var cores = new HashSet<string>(StringComparer.Ordinal);
        foreach (string range in processors.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first) ||
                !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)) return null;
            for (int processor = first; processor <= last; processor++)
            {
                if (coreOf(processor) is not { } core) return null;
                cores.Add(core);
            }
        }
        return cores.Count == 0 ? null : cores.Count;
    }

    private static int? AllowedCores()
    {
        const string Label = "Cpus_allowed_list:";
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            string? line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Label, StringComparison.Ordinal));
            return line is null ? null : CountCores(line[Label.Length..], CoreOf);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? CoreOf(int processor)
    {
        string folder = $"/sys/devices/system/cpu/cpu{processor}/topology";
        return File.Exists($"{folder}/core_id")
            ? $"{File.ReadAllText($"{folder}/physical_package_id").Trim()}:{File.ReadAllText($"{folder}/core_id").Trim()}"
            : null;
    }
}
