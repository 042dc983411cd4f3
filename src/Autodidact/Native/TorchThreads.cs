using System.Globalization;
using TorchSharp;

namespace Autodidact.Native;

/// <summary>
/// How many cores a run computes with. Its own threads divide the work, with one thread of arithmetic each: libtorch's threads wait for
/// each other by spinning, which beside another program costs many times the work. So libtorch has one thread, except where
/// <see cref="Own"/> gives it more.
/// </summary>
internal static class TorchThreads
{
    [ThreadStatic]
    private static int _mine;

    /// <summary>The processors this process may use, as the kernel lists them; null where that is not known.</summary>
    public static string? AllowedProcessors { get; } = ReadAllowed();

    /// <summary>
    /// The physical cores this process may use: matrix products saturate a core's vector units, so two threads on one core only get in each
    /// other's way. Processor affinity and a container's limit are respected.
    /// </summary>
    public static int Default { get; } = Math.Max(1, Math.Min(Environment.ProcessorCount, AllowedCores() ?? Environment.ProcessorCount));

    // Below the default, which it begins with.
    private static int _process = Default;

    /// <summary>Cores of the whole process.</summary>
    public static int OfProcess => Volatile.Read(ref _process);

    /// <summary>Cores that this thread's work may be divided among: those of the process, or fewer within <see cref="Use"/>.</summary>
    public static int Cores => _mine > 0 ? _mine : OfProcess;

    /// <summary>Sets the cores of the process, and leaves libtorch one thread.</summary>
    /// <param name="cores">How many; null means <see cref="Default"/>.</param>
    /// <returns>The number in effect, to be recorded.</returns>
    /// <exception cref="AutodidactException">The number is below one.</exception>
    public static int Set(int? cores = null)
    {
        var wanted = cores ?? Default;
        if (wanted < 1)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"threads: {wanted} is not a number of threads; give 1 or more, or leave it out");
        }

        TorchRuntime.Initialize();
        torch.set_num_threads(1);
        Volatile.Write(ref _process, wanted);
        return wanted;
    }

    /// <summary>Gives this thread's work so many cores, until the answer is disposed on the same thread.</summary>
    /// <param name="cores">One or more.</param>
    public static IDisposable Use(int cores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        var before = _mine;
        _mine = cores;
        return new Undo(() => _mine = before);
    }

    /// <summary>
    /// Gives libtorch threads of its own, until the answer is disposed: for work that is not divided. More than <see cref="Default"/> wait
    /// for each other and can compute a hundred times slower.
    /// </summary>
    /// <param name="threads">One or more.</param>
    public static IDisposable Own(int threads)
    {
        var before = torch.get_num_threads();
        if (before == threads) return new Undo(static () => { });
        torch.set_num_threads(threads);
        return new Undo(() => torch.set_num_threads(before));
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
        try
        {
            return AllowedProcessors is { } processors ? CountCores(processors, CoreOf) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ReadAllowed()
    {
        const string Label = "Cpus_allowed_list:";
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            return File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Label, StringComparison.Ordinal))
                ?[Label.Length..].Trim();
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

    private sealed class Undo(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}
