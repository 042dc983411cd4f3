using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using static Autodidact.Tests.Pretraining.ClusterFixtures;

namespace Autodidact.Tests.Pretraining;

public sealed class SimClrTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(4, 0)]
    [InlineData(3, 2)]
    public void Should_Compare_All_Views_Of_An_Image(int ordinary, int local)
    {
        using var objective = TinyPretraining.Objective("simclr", o => o with { Simclr = new() { Views = ordinary }, LocalViews = new() { Count = local } });
        Assert.Equal(ordinary + local, objective.Views(0).Views.Count);

        // Without telling anything apart, every other view of the batch is as likely as the right one.
        var start = Math.Log(((ordinary + local) * 8) - 1);
        OnBatch(objective, batch =>
        {
            foreach (var weights in objective.Network.parameters()) weights.requires_grad_(false).zero_();
            Assert.Equal(start, objective.Loss(batch, 0).Value.item<float>(), 1e-4);
        });
    }

    [Fact]
    public void Should_End_In_The_Same_Bits_With_Local_Views() => Resuming.AssertSameBits(
        () => TinyPretraining.Objective("simclr", o => o with { Simclr = new() { Views = 3 }, LocalViews = new() { Count = 2 } }), _folder, accumulation: 1, Token);
}
