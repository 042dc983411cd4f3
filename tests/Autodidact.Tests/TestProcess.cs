using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Autodidact.Native;

namespace Autodidact.Tests;

internal static partial class TestProcess
{
    // A test may touch TorchSharp before anything of Autodidact's, whose own initializer would then come too late.
    [ModuleInitializer]
    internal static void Prepare()
    {
        // One thread: another test program runs beside this one, and libtorch's threads wait for each other by spinning. Read when libtorch
        // is loaded.
        if (OperatingSystem.IsLinux()) SetVariable("OMP_NUM_THREADS", "1", overwrite: 0);
        RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
