using System.Diagnostics;
using System.Runtime.CompilerServices;
using Autodidact.Native;
using TorchSharp;

namespace Autodidact.IntegrationTests.Native;

/// <summary>A process loads libtorch once, so each way of loading it needs a process of its own: this program, running one test.</summary>
public class FreshProcessTests
{
    private const string Unwritable = "/proc/autodidact";

    [Fact]
    public void Should_Compute_Without_A_Call_To_Initialize()
    {
        RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
        using var sum = torch.ones(3).sum();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public async Task Should_Load_With_An_Empty_Cache_And_Keep_The_Copy()
    {
        string cache = Directory.CreateTempSubdirectory("autodidact-test-").FullName;
        try
        {
            await RunAloneAsync(nameof(Should_Compute_Without_A_Call_To_Initialize), cache);
            bool kept = Directory.EnumerateFiles(cache, "libLibTorchSharp-*.so", SearchOption.AllDirectories).Any();
            Assert.Equal(TorchRuntime.Initialize().RepairedCopy is not null, kept);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    [Fact]
    public async Task Should_Replace_A_Torn_Copy_In_The_Cache()
    {
        string? copy = TorchRuntime.Initialize().RepairedCopy;
        Assert.SkipWhen(copy is null, "this system needs no repaired copy");
        string cache = Directory.CreateTempSubdirectory("autodidact-test-").FullName;
        try
        {
            string torn = Path.Combine(Directory.CreateDirectory(Path.Combine(cache, "native")).FullName, Path.GetFileName(copy!));
            await File.WriteAllTextAsync(torn, "half a library", TestContext.Current.CancellationToken);
            await RunAloneAsync(nameof(Should_Compute_Without_A_Call_To_Initialize), cache);
            Assert.True(new FileInfo(torn).Length > 1_000_000);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    [Fact]
    public async Task Should_Load_Where_The_Cache_Cannot_Be_Written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc exists on Linux alone");
        await RunAloneAsync(nameof(Should_Compute_Without_A_Call_To_Initialize), Unwritable);
        Assert.False(Directory.Exists(Unwritable));
    }

    private static async Task RunAloneAsync(string test, string cache)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["exec", typeof(FreshProcessTests).Assembly.Location, "--filter-method", $"*.{test}"])
            start.ArgumentList.Add(argument);
        start.Environment[CacheFolder.Variable] = cache;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.Contains("succeeded: 1", output);
    }
}
