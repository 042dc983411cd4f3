using Autodidact.Evaluation;
using Autodidact.Native;
using TorchSharp;

namespace Autodidact.Tests.Evaluation;

public sealed class ThroughputMeterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Should_Report_The_Median_Batch_Without_The_Warm_Up()
    {
        using var module = torch.nn.Dropout();
        using var one = TorchThreads.Use(1);
        module.train();
        var calls = 0;
        var speed = ThroughputMeter.ImagesPerSecond(
            module,
            x =>
            {
                Assert.Equal([8L, 3, 4, 4], x.shape);
                Assert.False(module.training);

                // A slow warm-up and one slow batch of five: neither may count.
                Thread.Sleep(++calls is 1 or 3 ? 400 : 20);
            },
            4,
            new ThroughputOptions { BatchSize = 8, WarmupBatches = 1, TimedBatches = 5 }, cancellationToken: Token);
        Assert.Equal(6, calls);
        Assert.True(module.training);
        Assert.InRange(speed, 8 / 0.2, 8 / 0.02);
    }

    [Fact]
    public void Should_Give_Every_Core_Its_Part_Of_The_Batch()
    {
        using var module = torch.nn.Dropout();
        using var two = TorchThreads.Use(2);
        var (calls, atOnce) = (0, new Barrier(2));
        var speed = ThroughputMeter.ImagesPerSecond(
            module,
            x =>
            {
                Assert.Equal([4L, 3, 4, 4], x.shape);
                Interlocked.Increment(ref calls);

                // Neither part goes on before the other one is worked on too.
                Assert.True(atOnce.SignalAndWait(TimeSpan.FromMinutes(1), Token));
                Thread.Sleep(20);
            },
            4,
            new ThroughputOptions { BatchSize = 8, WarmupBatches = 1, TimedBatches = 2 },
            Token);
        Assert.Equal(6, calls);
        Assert.InRange(speed, 8 / 10.0, 8 / 0.02);
    }
}
