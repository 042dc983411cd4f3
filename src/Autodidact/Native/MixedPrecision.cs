using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Autodidact.Native;

/// <summary>
/// libtorch's autocast on a CPU or a CUDA device: inside, convolutions and matrix products take bfloat16 and the master weights stay
/// float32. TorchSharp does not offer it, so its functions are called in libtorch itself; a build whose libtorch names them otherwise
/// cannot have it.
/// </summary>
internal static unsafe class MixedPrecision
{
    private const sbyte BFloat16 = 15;

    private static readonly Lazy<(nint Enable, nint SetType, nint ClearCache)?> Functions = new(Find);

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
    /// <param name="device">The device that computes.</param>
    /// <exception cref="AutodidactException">This platform's libtorch has none, or not for the device; kind Environment.</exception>
    public static Region Enter(bool on, DeviceType device = DeviceType.CPU)
    {
        if (!on) return default;
        if (Functions.Value is not { } functions || device is not (DeviceType.CPU or DeviceType.CUDA))
        {
            throw new AutodidactException(
                FailureKind.Environment, "precision=mixed: this platform's libtorch does not offer it: take precision=single");
        }

        // A CPU's type is bfloat16 anyway, that of a CUDA device is float16, whose gradients would have to be scaled.
        if (device == DeviceType.CUDA) ((delegate* unmanaged<sbyte, sbyte, void>)functions.SetType)((sbyte)device, BFloat16);
        Set(functions.Enable, device, 1);
        return new Region(functions.Enable, functions.ClearCache, device);
    }

    private static void Set(nint enable, DeviceType device, byte on) =>
        ((delegate* unmanaged<sbyte, byte, void>)enable)((sbyte)device, on);

    private static (nint Enable, nint SetType, nint ClearCache)? Find()
    {
        TorchRuntime.Initialize();
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            if (module.ModuleName.StartsWith("libtorch_cpu", StringComparison.Ordinal)
                && NativeLibrary.TryLoad(module.FileName, out var library)
                && NativeLibrary.TryGetExport(library, "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb", out var enable)
                && NativeLibrary.TryGetExport(
                    library, "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE", out var setType)
                && NativeLibrary.TryGetExport(library, "_ZN2at8autocast11clear_cacheEv", out var clearCache))
            {
                return (enable, setType, clearCache);
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
        private readonly nint _enable;
        private readonly nint _clearCache;
        private readonly DeviceType _device;

        internal Region(nint enable, nint clearCache, DeviceType device) => (_enable, _clearCache, _device) = (enable, clearCache, device);

        /// <summary>Back to float32. The weights' bfloat16 copies go: the next step has other weights.</summary>
        public void Dispose()
        {
            if (_enable == 0) return;
            Set(_enable, _device, 0);
            ((delegate* unmanaged<void>)_clearCache)();
        }
    }
}
