using Autodidact.Native;

namespace Autodidact.Tests.Native;

public class TorchSharpLibraryTests
{
    [Fact]
    public void Should_Name_What_To_Install_Where_More_Than_The_Marker_Is_Missing()
    {
        var old = new LibStdCpp("/usr/lib/libstdc++.so.6", new HashSet<string> { "GLIBCXX_3.4", "GLIBCXX_3.4.29", "GLIBCXX_3.4.9" });
        byte[] library = new CraftedElf { Needs = [("GLIBCXX_3.4", 2, 0), ("GLIBCXX_3.4.32", 3, 0), ("GLIBCXX_3.4.30", 4, 0)] }.Build();
        var missing = TorchSharpLibrary.Missing(library, old);
        Assert.Equal(["GLIBCXX_3.4.32", "GLIBCXX_3.4.30"], missing);
        var error = Assert.Throws<AutodidactException>(() => TorchSharpLibrary.LoadRepaired("libX.so", library, missing, old));
        Assert.Equal(FailureKind.Environment, error.Kind);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains("offers up to GLIBCXX_3.4.29", error.Message);
        Assert.Contains("GLIBCXX_3.4.30 is missing", error.Message);
        Assert.Contains("install the libstdc++ of GCC 12", error.Message);
    }

    [Fact]
    public void Should_Refuse_A_Library_That_Really_Uses_The_Version()
    {
        var system = new LibStdCpp("/usr/lib/libstdc++.so.6", new HashSet<string> { "GLIBCXX_3.4" });
        byte[] library = new CraftedElf { Symbols = [("_ZSt9real_workv", 3)] }.Build();
        var error = Assert.Throws<AutodidactException>(() =>
            TorchSharpLibrary.LoadRepaired("libX.so", library, TorchSharpLibrary.Missing(library, system), system));
        Assert.Contains("_ZSt9real_workv", error.Message);
        Assert.Contains("GCC 13", error.Message);
    }

    [Fact]
    public void Should_Remove_Copies_That_Killed_Processes_Left_Half_Written()
    {
        var name = $"test-{Guid.NewGuid():N}.so";
        var path = TorchSharpLibrary.Store(name, [1], out var temporary);
        Assert.SkipWhen(temporary, "the cache cannot be written here");
        string[] files = [$"{path}.{Guid.NewGuid():N}", $"{path}.{Guid.NewGuid():N}", $"{path}.mine"];
        foreach (var file in files) File.WriteAllText(file, "half");
        using (new FileStream(files[0], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(path, TorchSharpLibrary.Store(name, [1], out _));
        }

        Assert.Equal([true, false, true], files.Select(File.Exists));
        Assert.Equal(path, TorchSharpLibrary.Store(name, [2], out _));
        Assert.Equal([false, false, true], files.Select(File.Exists));
        foreach (var file in files.Append(path)) File.Delete(file);
    }

    [Fact]
    public void Should_Compare_Versions_As_Numbers() =>
        Assert.Equal(
            "GLIBCXX_3.4.30", LibStdCpp.NewestOf(["GLIBCXX_3.4.9", "GLIBCXX_3.4.30", "GLIBCXX_3.4", "CXXABI_9.9", "GLIBCXX_LDBL_3.4"]));

    [Fact]
    public void Should_Know_The_Versions_Of_This_Systems_Library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libstdc++ is looked for on Linux");
        var system = Assert.IsType<LibStdCpp>(LibStdCpp.Find());
        Assert.True(File.Exists(system.Path));
        Assert.Contains("GLIBCXX_3.4", system.Versions);
        Assert.Contains("CXXABI_1.3", system.Versions);
    }
}
