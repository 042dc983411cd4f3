using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Native;

/// <summary>The devices that libtorch can compute on here.</summary>
/// <param name="Cuda">CUDA devices that this build of libtorch can use.</param>
/// <param name="Mps">Whether it can use Apple's GPU.</param>
/// <param name="NvidiaDriver">Whether the machine has a driver of NVIDIA, whatever the build.</param>
internal sealed record TorchDevices(int Cuda, bool Mps, bool NvidiaDriver)
{
    /// <summary>The device is chosen when a run begins.</summary>
    public const string Auto = "auto";

    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    private const string CudaName = "cuda";
    private const string MpsName = "mps";
    private const string Advice = "build with -p:TorchDevice=cuda (docs/how-to/gpu.md)";
    private static readonly Lazy<TorchDevices> Found = new(Find);

    /// <summary>Those of this machine and this build.</summary>
    /// <exception cref="AutodidactException">libtorch does not load; kind Environment.</exception>
    public static TorchDevices Here => Found.Value;

    /// <summary>All of them in one line for a user, and whether one is left unused that another build could use.</summary>
    public (string Text, bool Unused) Summary =>
        Cuda > 0 ? ($"{Counted}: device=cuda:0{(Cuda > 1 ? $" to cuda:{Cuda - 1}" : "")}", false)
        : NvidiaDriver ? ($"an NVIDIA driver is here, and this build's libtorch has no use of it: {Advice}", true)
        : Mps ? ("Apple's, with device=mps; training runs on the processor otherwise", false)
        : ("none: training runs on the processor", false);

    /// <summary>Whether a device can have this name: auto, cpu, cuda, cuda:N or mps.</summary>
    /// <param name="name">The name.</param>
    public static bool IsName(string name) => name is Auto or Cpu or CudaName or MpsName || CudaIndex(name) is not null;

    /// <summary>The device of a settled name.</summary>
    /// <param name="settled">What <see cref="Settle"/> returned.</param>
    public static Device Of(string settled) => settled switch
    {
        Cpu => CPU,
        MpsName => MPS,
        _ when CudaIndex(settled) is { } index => new Device(DeviceType.CUDA, index),
        _ => throw new ArgumentOutOfRangeException(nameof(settled), settled, "settle the option first"),
    };

    /// <summary>Decides once on which device a run computes.</summary>
    /// <param name="asked">The option.</param>
    /// <param name="before">The device that the run began on; null for a new one. It is kept where the option leaves the choice.</param>
    /// <exception cref="AutodidactException">The device asked for is not there; kind Environment.</exception>
    public string Settle(string asked, string? before = null)
    {
        if (asked == Auto) return before is not null && Has(before) ? before : Cuda > 0 ? $"{CudaName}:0" : Cpu;
        var name = asked == CudaName ? $"{CudaName}:0" : asked;
        if (Has(name)) return name;
        var why = name == MpsName ? "libtorch cannot use a GPU of Apple here: take device=cpu"
            : Cuda > 0 ? $"there {(Cuda == 1 ? "is" : "are")} {Counted}, counted from 0: take one of them"
            : NvidiaDriver ? $"an NVIDIA driver is here, but this build's libtorch has no use of it: {Advice}, or take device=cpu"
            : $"libtorch finds no CUDA device: take device=cpu; for a machine with an NVIDIA GPU, {Advice}";
        throw new AutodidactException(FailureKind.Environment, $"device={asked}: {why}");
    }

    private string Counted => Cuda == 1 ? "1 CUDA device" : FormattableString.Invariant($"{Cuda} CUDA devices");

    private bool Has(string name) => name == Cpu || (name == MpsName && Mps) || CudaIndex(name) < Cuda;

    private static int? CudaIndex(string name) =>
        name.StartsWith($"{CudaName}:", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(CudaName.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;

    private static TorchDevices Find()
    {
        TorchRuntime.Initialize();
        return new(cuda.is_available() ? cuda.device_count() : 0, mps_is_available(), HasNvidiaDriver());
    }

    private static bool HasNvidiaDriver()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver)) return false;
        NativeLibrary.Free(driver);
        return true;
    }
}
