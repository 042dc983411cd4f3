using Autodidact.Native;

namespace Autodidact.Tests.Native;

public class PeakMemoryTests
{
    /// <summary>
    /// From eight digits on, 9.5 GB, nothing but the tab stands before the number: a run of that size once ended at the last figure of its
    /// measuring.
    /// </summary>
    [Theory]
    [InlineData("VmHWM:\t    1928 kB", 1928 / 1024.0)]
    [InlineData("VmHWM:\t 9999999 kB", 9999999 / 1024.0)]
    [InlineData("VmHWM:\t18958400 kB", 18514.0625)]
    [InlineData("VmHWM:\t118958400 kB", 118958400 / 1024.0)]
    public void Should_Read_The_Mark_Of_A_Process_Of_Any_Size(string line, double megabytes) =>
        Assert.Equal(megabytes, PeakMemory.Megabytes(line), 9);

    [Fact]
    public void Should_Tell_More_Than_What_Is_Held_Now() =>
        Assert.True(PeakMemory.OfProcess > 0.9 * Environment.WorkingSet / (1024 * 1024));
}
