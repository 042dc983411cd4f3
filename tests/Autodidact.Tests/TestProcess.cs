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
        // Other test programs run beside this one, and libtorch's threads wait by spinning: on few cores they would starve each other. Read when libtorch is loaded.
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null) SetVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
