using Autodidact.Native;
using TorchSharp;

namespace Autodidact.Tests.Native;

public class TorchRuntimeTests
{
    [Fact]
    public void Should_Make_Torch_Compute()
    {
        TorchRuntime.Initialize();
        using var ones = torch.ones(3);
        using var sum = ones.sum();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void Should_Do_Its_Work_Once()
    {
        var answers = new TorchRuntimeInfo[8];
        Parallel.For(0, answers.Length, i => answers[i] = TorchRuntime.Initialize());
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
    }

    [Fact]
    public void Should_Leave_The_Original_Library_As_It_Was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the repair is for Linux");
        var info = TorchRuntime.Initialize();
        byte[] original = File.ReadAllBytes(Assert.IsType<string>(info.Library));
        // As it came from the package: the requirement is still strict.
        Assert.Contains(ElfImage.Parse(original).VersionNeeds(), need => need is { Version: ElfVersionRepair.Version, Weak: false });
    }

    [Fact]
    public void Should_Repair_Exactly_Where_The_System_Lacks_The_Version()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the repair is for Linux");
        var info = TorchRuntime.Initialize();
        var system = Assert.IsType<LibStdCpp>(LibStdCpp.Find());
        Assert.Equal("GLIBCXX_3.4.32", info.LibStdCppNeeded);
        Assert.Equal(!system.Versions.Contains(ElfVersionRepair.Version), info.RepairedCopy is not null);
        if (info.RepairedCopy is null) return;
        byte[] expected = File.ReadAllBytes(info.Library!);
        Assert.Equal(ElfRepairStatus.Repaired, ElfVersionRepair.Apply(expected).Status);
        Assert.Contains(info.RepairedCopy, File.ReadAllText("/proc/self/maps"));
    }
}
