using System.Runtime.CompilerServices;
using Autodidact.Native;

namespace Autodidact.Tests;

internal static class TestProcess
{
    // A test may touch TorchSharp before anything of Autodidact's, whose own initializer would then come too late.
    [ModuleInitializer]
    internal static void Prepare() => RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
}
