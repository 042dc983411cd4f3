using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Autodidact.Native;

/// <summary>
/// libtorch's autocast on a CPU: inside, convolutions and matrix products take bfloat16 and the master weights stay float32. TorchSharp
/// does not offer it, so the two functions are called in libtorch itself; a build whose libtorch names them otherwise cannot have it.
/// </summary>
internal static unsafe class MixedPrecision
{
    private const sbyte Cpu = 0;

    private static readonly Lazy<(nint Enable, nint ClearCache)?> Functions = new(Find);

    /// <summary>
    /// Whether this platform's libtorch offers mixed precision. The processor decides whether it is faster: see <see cref="IsFast"/>.
    /// </summary>
    public static bool IsAvailable => Functions.Value is not null;

    /// <summary>
    /// Whether the processor multiplies bfloat16 itself (AVX512-BF16, AMX); elsewhere the numbers are the same and training is slower than
    /// in float32. Linux alone tells.
    /// </summary>
    public static bool IsFast { get; } = Flags().Any(flag => flag is "avx512_bf16" or "amx_bf16");

    /// <summary>Begins mixed precision on this thread, until the result is disposed; false begins nothing. It does not nest.</summary>
    /// <param name="on">Whether to begin.</param>
    /// <exception cref="AutodidactException">This platform's libtorch has none; kind Environment.</exception>
    public static Region Enter(bool on)
    {
        if (!on) return default;
        if (Functions.Value is not { } functions)
        {
            throw new AutodidactException(
                FailureKind.Environment, "precision=mixed: this platform's libtorch does not offer it: take precision=single");
        }

        Set(functions.Enable, 1);
        return new Region(functions);
    }

    private static void Set(nint enable, byte on) => ((delegate* unmanaged<sbyte, byte, void>)enable)(Cpu, on);

    private static (nint Enable, nint ClearCache)? Find()
    {
        TorchRuntime.Initialize();
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            if (module.ModuleName.StartsWith("libtorch_cpu", StringComparison.Ordinal)
                && NativeLibrary.TryLoad(module.FileName, out var library)
                && NativeLibrary.TryGetExport(library, "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb", out var enable)
                && NativeLibrary.TryGetExport(library, "_ZN2at8autocast11clear_cacheEv", out var clearCache))
            {
                return (enable, clearCache);
            }
        }

        return null;
    }

    private static string[] Flags()
    {
        const string Label = "flags";
        try
        {
            return OperatingSystem.IsLinux()
                ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal))?.Split(' ') ?? []
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Mixed precision until disposed.</summary>
    public readonly ref struct Region
    {
        private readonly (nint Enable, nint ClearCache)? _functions;

        internal Region((nint Enable, nint ClearCache) functions) => _functions = functions;

        /// <summary>Back to float32. The weights' bfloat16 copies go: the next step has other weights.</summary>
        public void Dispose()
        {
            if (_functions is not { } functions) return;
            Set(functions.Enable, 0);
            ((delegate* unmanaged<void>)functions.ClearCache)();
        }
    }
}
