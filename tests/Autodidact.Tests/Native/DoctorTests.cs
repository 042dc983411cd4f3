using Autodidact.Native;

namespace Autodidact.Tests.Native;

public class DoctorTests
{
    [Fact]
    public void Should_Report_Every_Fact_Once_And_Find_This_Machine_Fit()
    {
        var report = Doctor.Collect();
        string[] expected =
            ["platform", ".net", "libtorch", "threads", "allocator", "memory", "gpu", "cache", "cache disk", "working disk"];
        if (OperatingSystem.IsLinux()) expected = [.. expected, "libstdc++"];
        Assert.Equal(expected.Order(), report.Rows.Select(row => row.Name).Order());
        Assert.All(report.Rows, row => Assert.False(string.IsNullOrWhiteSpace(row.Value) || row.Value.Contains('\n'), row.Name));
        Assert.True(report.Healthy, string.Join('\n', report.Rows));
        Assert.Contains("2.10", report.Rows.Single(row => row.Name == "libtorch").Value);
    }

    [Fact]
    public void Should_Say_Where_Libstdcpp_Is_And_What_Was_Done()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libstdc++ is looked for on Linux");
        string value = Doctor.Collect().Rows.Single(row => row.Name == "libstdc++").Value;
        Assert.Contains("GLIBCXX_3.4.32 needed", value);
        Assert.Equal(TorchRuntime.Initialize().RepairedCopy is not null, value.Contains("repaired copy"));
    }

    [Fact]
    public void Should_Warn_Of_A_Cache_That_Cannot_Be_Written()
    {
        string file = Path.GetTempFileName();
        var row = Doctor.CacheRow(Path.Combine(file, "below-a-file"));
        File.Delete(file);
        Assert.Equal(DoctorStatus.Warn, row.Status);
        Assert.Contains("AUTODIDACT_CACHE", row.Value);
    }

    [Theory]
    [InlineData(100L << 20, nameof(DoctorStatus.Fail))]
    [InlineData(1L << 30, nameof(DoctorStatus.Warn))]
    [InlineData(50L << 30, nameof(DoctorStatus.Ok))]
    public void Should_Judge_Free_Disk(long free, string expected) =>
        Assert.Equal(expected, Doctor.JudgeDisk(free).ToString());

    [Fact]
    public void Should_Not_Be_Healthy_With_One_Failure() =>
        Assert.False(new DoctorReport([new("a", "b", DoctorStatus.Ok), new("c", "d", DoctorStatus.Fail)]).Healthy);
}
