using Autodidact.Planning;
using Autodidact.Ranks;

namespace Autodidact.Tests.Planning;

public class RankModelTests
{
    private static readonly NetworkSpeed Network = new(1e8, 1e-3);

    /// <summary>A step of 0.1 s and 1 ms an image, 1,000 images, no variation.</summary>
    private static RankModel Model(double spread, params (RankCall Call, long Bytes)[] calls) =>
        new(new CostLine(0.1, 1e-3), spread, images: 1000, calls, counted: 100);

    [Fact]
    public void Should_Be_A_Line_Through_Both_Measurements()
    {
        var line = CostLine.Through((10, 0.3), (30, 0.7));
        Assert.Equal((0.1, 0.02), (line.Fixed, line.Each), Near);
        Assert.Equal(2.1, line.At(100), 9);
    }

    [Fact]
    public void Should_Go_Through_Zero_Where_Noise_Would_Make_Images_Or_Steps_Free()
    {
        Assert.Equal(new CostLine(0, 0.02), CostLine.Through((10, 0.7), (30, 0.6)));
        Assert.Equal(new CostLine(0, 0.02), CostLine.Through((10, 0.1), (30, 0.6)));
        Assert.Equal(new CostLine(0, 0.05), CostLine.Through((10, 0.5), (10, 0.5)));
    }

    [Fact]
    public void Should_Send_Nothing_And_Wait_For_Nobody_Alone()
    {
        var alone = Model(0.1, (RankCall.Sum, 1_000_000));
        Assert.Equal(1.1, alone.Seconds(1, Network), 9);
        Assert.Equal(0, alone.Sent(1));
        Assert.Equal(1, alone.Efficiency(1, Network), 9);
    }

    [Fact]
    public void Should_Divide_The_Images_And_Not_The_Fixed_Part()
    {
        Assert.Equal(0.1 + 0.25, Model(0).Seconds(4, Network), 9);
        Assert.Equal((0.1 + 0.25) / 5, Model(0).Seconds(4, Network, faster: 5), 9);
        Assert.Equal(1.1 / (4 * 0.35), Model(0).Efficiency(4, Network), 9);
    }

    [Fact]
    public void Should_Move_A_Large_Sum_As_A_Ring_Does_And_A_Small_One_At_Once()
    {
        // 2 * 3/4 of 8 MB by 100 MB/s, and two exchanges of two rounds each.
        var large = Model(0, (RankCall.Sum, 8_000_000));
        Assert.Equal(12e6, large.Sent(4));
        Assert.Equal(0.35 + 0.12 + 4e-3, large.Seconds(4, Network), 9);
        var small = Model(0, (RankCall.Sum, 1000));
        Assert.Equal(3000, small.Sent(4));
        Assert.Equal(0.35 + 3e-5 + 2e-3, small.Seconds(4, Network), 9);
    }

    [Fact]
    public void Should_Gather_More_From_A_Larger_Batch()
    {
        // Counted with 100 images: of ten times as many each of four sends three quarters of what is gathered.
        var gathered = Model(0, (RankCall.Gather, 100_000), (RankCall.Broadcast, 500));
        Assert.Equal(750_000 + 500, gathered.Sent(4));
    }

    [Fact]
    public void Should_Wait_For_The_Slowest_Of_Many()
    {
        var own = 0.1 + (1.0 / 16);
        Assert.Equal(own * (1 + (0.1 * Math.Sqrt(2 * Math.Log(16)))), Model(0.1).Seconds(16, Network), 9);
    }

    private static bool Near((double A, double B) x, (double A, double B) y) => Math.Abs(x.A - y.A) < 1e-9 && Math.Abs(x.B - y.B) < 1e-9;
}
