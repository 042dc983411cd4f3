using Autodidact.Native;

namespace Autodidact.Tests.Native;

public class CacheFolderTests
{
    [Fact]
    public void Should_Prefer_Its_Own_Variable_Then_The_Desktops() =>
        Assert.Equal(
            [Path.GetFullPath("/own"), Path.Combine("/xdg", "autodidact")],
            [Resolve(("AUTODIDACT_CACHE", "/own"), ("XDG_CACHE_HOME", "/xdg")), Resolve(("XDG_CACHE_HOME", "/xdg"))]);

    [Fact]
    public void Should_Ignore_Empty_And_Relative_Settings() =>
        Assert.Equal(Resolve(), Resolve(("AUTODIDACT_CACHE", ""), ("XDG_CACHE_HOME", "relative")));

    [Fact]
    public void Should_End_In_The_Products_Name() => Assert.Equal("autodidact", Path.GetFileName(Resolve()));

    private static string Resolve(params (string Name, string Value)[] variables) =>
        CacheFolder.Resolve(name => variables.FirstOrDefault(pair => pair.Name == name).Value);
}
