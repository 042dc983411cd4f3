using Autodidact.Evaluation;
using TorchSharp;

namespace Autodidact.Tests.Evaluation;

public sealed class ThroughputMeterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Should_Report_The_Median_Batch_Without_The_Warm_Up()
    {
        using var module = torch.nn.Dropout();
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
}
