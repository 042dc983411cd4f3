using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace Autodidact.Native;

/// <summary>The outcome of <see cref="TorchRuntime.Initialize"/>.</summary>
/// <param name="Library">Where TorchSharp's native library lies, or null where it was left to the system to find.</param>
/// <param name="RepairedCopy">The repaired copy in use, or null where none was needed.</param>
/// <param name="LibStdCppPath">The system's C++ standard library (Linux).</param>
/// <param name="LibStdCppOffers">The newest version it offers.</param>
/// <param name="LibStdCppNeeded">The newest version the native library asks for.</param>
/// <param name="AllocatorTuned">Whether glibc's allocator was told to keep large blocks.</param>
public sealed record TorchRuntimeInfo(
    string? Library, string? RepairedCopy, string? LibStdCppPath, string? LibStdCppOffers, string? LibStdCppNeeded, bool AllocatorTuned);

/// <summary>
/// Makes libtorch usable in this process. Touching anything of this assembly prepares it; call <see cref="Initialize"/> to have
/// a missing native library reported as one clear line instead of TorchSharp's own message.
/// </summary>
public static class TorchRuntime
{
    private static readonly Lock Gate = new();
    private static bool _allocatorTuned;
    private static TorchRuntimeInfo? _info;
    private static (nint Handle, string Path)? _repaired;

    /// <summary>
    /// Finds TorchSharp's native library, loads a repaired copy of it where the system's libstdc++ is a little too old, and proves that it
    /// works. May be called again and from any thread: only the first call does anything.
    /// </summary>
    /// <returns>The library in use and how it was prepared.</returns>
    /// <exception cref="AutodidactException">The machine cannot run libtorch; the message says what to install.</exception>
    public static TorchRuntimeInfo Initialize()
    {
        lock (Gate)
        {
            if (_info is { } known) return known;
            var info = Prepare();
            try
            {
                // The first use of TorchSharp runs its own loader, which ends in Resolve where a repaired copy is in use.
                torch.InitializeDeviceType(DeviceType.CPU);
            }
            catch (Exception error) when (error is NotSupportedException or DllNotFoundException or TypeInitializationException)
            {
                throw new AutodidactException(FailureKind.Environment,
                    $"libtorch does not load: {FirstLine(error)}; 'autodidact doctor' shows what was found", error);
            }
            return _info = info;
        }
    }

    // TorchSharp's loader runs once and remembers a failure for good, so the resolver must be in place before the first tensor, without a
    // call by the user. The initializer only registers it and sets three numbers. It loads nothing and cannot throw, which is the reason
    // for the rule.
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Register()
#pragma warning restore CA2255
    {
        _allocatorTuned = GlibcAllocator.KeepLargeBlocks();
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
    }

    // The runtime asks only after its own search has failed, so a system that needs no repair never comes here.
    private static nint Resolve(Assembly assembly, string name)
    {
        if (name != TorchSharpLibrary.ImportName) return 0;
        lock (Gate)
        {
            Prepare();
            return _repaired?.Handle ?? 0;
        }
    }

    private static TorchRuntimeInfo Prepare()
    {
        if (!OperatingSystem.IsLinux()) return new(null, null, null, null, null, _allocatorTuned);
        string? library = TorchSharpLibrary.Locate();
        if (library is null || LibStdCpp.Find() is not { } system) return new(library, null, null, null, null, _allocatorTuned);
        byte[] bytes = File.ReadAllBytes(library);
        var missing = TorchSharpLibrary.Missing(bytes, system);
        if (missing.Count > 0) _repaired ??= TorchSharpLibrary.LoadRepaired(library, bytes, missing, system);
        return new(
            library,
            _repaired?.Path,
            system.Path,
            system.Newest,
            LibStdCpp.NewestOf(LibStdCpp.RequiredBy(ElfImage.Parse(bytes))),
            _allocatorTuned);
    }

    private static string FirstLine(Exception error)
    {
        string message = (error is TypeInitializationException { InnerException: { } inner } ? inner : error).Message;
        return message.Split('\n', 2)[0].TrimEnd('\r', '.', ' ');
    }
}
