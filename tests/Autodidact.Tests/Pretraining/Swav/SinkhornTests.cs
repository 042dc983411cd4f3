using Autodidact.Pretraining;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class SinkhornTests
{
    [Theory]
    [InlineData(ScalarType.Float64, 1e-8)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void Should_Equal_The_Published_Loops(ScalarType type, double tolerance)
    {
        foreach (var expected in Cases("sinkhorn"))
        {
            using var scope = NewDisposeScope();
            var codes = Sinkhorn.Codes(
                LossFixtures.Formula(9, Clusters, 0.6, type: type), expected.Given("epsilon"), expected.Count("iterations"));
            LossFixtures.AssertClose(expected.GetProperty("codes"), codes, tolerance);
        }
    }

    [Fact]
    public void Should_Spread_Samples_Evenly_Given_Time()
    {
        using var scope = NewDisposeScope();
        var codes = Sinkhorn.Codes(LossFixtures.Formula(12, 4, 0.6), 0.5, 200);
        AssertSame(ones(12, dtype: ScalarType.Float64), codes.sum(1), 1e-12);
        AssertSame(ones(4, dtype: ScalarType.Float64) * 3, codes.sum([0L]), 1e-9);
        Assert.False(codes.requires_grad);
    }

    [Fact]
    public void Should_Equal_Two_By_Two_Worked_By_Hand()
    {
        // exp(scores): rows (1, 2), (1, 6). Columns divided by 2 and 8: (1/2, 1/4), (1/2, 3/4); rows by 3/4 and 5/4: (2/3, 1/3), (2/5,
        // 3/5).
        using var scope = NewDisposeScope();
        var codes = Sinkhorn.Codes(tensor(new[] { 0, Math.Log(2), 0, Math.Log(6) }, [2, 2]), 1, 1);
        AssertSame(tensor(new[] { 2 / 3.0, 1 / 3.0, 2 / 5.0, 3 / 5.0 }, [2, 2]), codes, 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_A_Constant_For_A_Sample_Or_A_Prototype()
    {
        using var scope = NewDisposeScope();
        var scores = LossFixtures.Formula(9, Clusters, 0.6);
        var shifted = scores + LossFixtures.Formula(1, Clusters, 2.2, scale: 3);
        AssertSame(Sinkhorn.Codes(scores, 0.3, 100), Sinkhorn.Codes(shifted + 7, 0.3, 100), 1e-9);
    }

    [Fact]
    public void Should_Stay_Finite_Where_Exponentials_Do_Not()
    {
        using var scope = NewDisposeScope();
        var codes = Sinkhorn.Codes(LossFixtures.Formula(9, Clusters, 0.6, scale: 100, type: ScalarType.Float32), 0.001, 3);
        Assert.True(codes.isfinite().all().item<bool>());
        AssertSame(ones(9), codes.sum(1), 1e-4);
    }

    [Fact]
    public void Should_Refuse_What_Is_No_Batch_Of_Scores()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Sinkhorn.Codes(ones(4), 0.05, 3));
        Assert.Throws<ArgumentException>(() => Sinkhorn.Codes(ones(4, 3), 0, 3));
        Assert.Throws<ArgumentException>(() => Sinkhorn.Codes(ones(4, 3), 0.05, 0));
    }
}
