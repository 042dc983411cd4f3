using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class EmpSslLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => SiameseFixtures.AssertEqualsLoops(
        "emp_ssl",
        (expected, type) =>
            [LossFixtures.Formula((int)(expected.Number("Views") * expected.Number("Images")), SiameseFixtures.Dimensions, 0.3, 2, type)],
        (expected, x) => Weighted(
            x[0], (int)expected.Number("Views"), expected.Number("Similarity"), expected.Number("Rate"), expected.Number("Distortion")));

    [Theory]
    [InlineData(3, 7)]
    [InlineData(9, 4)]
    public void Identical_Embeddings_Should_Span_One_Dimension(int images, int size)
    {
        using var scope = NewDisposeScope();
        var (similarity, rate) = EmpSslLoss.Terms(ones(2 * images, size, dtype: ScalarType.Float64), views: 2, distortion: 0.5);
        Assert.Equal(1, similarity.item<double>(), 1e-12);
        Assert.Equal(0.5 * Math.Log(1 + (size / 0.5)), rate.item<double>(), 1e-12);
    }

    [Fact]
    public void Orthonormal_Embeddings_Should_Have_The_Largest_Rate()
    {
        using var scope = NewDisposeScope();
        var identity = eye(5, dtype: ScalarType.Float64);

        // The other view's are the negatives: as far apart as can be, with a mean of nothing to be like.
        var (similarity, rate) = EmpSslLoss.Terms(cat([identity, -identity]), views: 2, distortion: 0.2);
        Assert.Equal(0, similarity.item<double>(), 1e-12);
        Assert.Equal(2.5 * Math.Log(1 + (1 / 0.2)), rate.item<double>(), 1e-12);
        Assert.True(
            EmpSslLoss.Terms(LossFixtures.Formula(10, 5, 0.3), views: 2, distortion: 0.2).CodingRate.item<double>() < rate.item<double>());
    }

    [Fact]
    public void Similarity_Should_Be_That_To_The_Mean_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Two views at a right angle, whatever their lengths: 45 degrees to their mean. Two alike: 1.
        var embeddings = DistillationFixtures.Rows([2, 0], [0, 3], [0, 5], [0, 7]);
        Assert.Equal((Math.Sqrt(0.5) + 1) / 2, EmpSslLoss.Terms(embeddings, views: 2, distortion: 0.2).Similarity.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Depend_Neither_On_The_Length_Of_An_Embedding_Nor_On_The_Order_Of_Views_And_Images()
    {
        using var scope = NewDisposeScope();
        var z = LossFixtures.Formula(12, 5, 0.3);
        var loss = Weighted(z, 3, 200, 1, 0.2).item<double>();
        Assert.Equal(loss, Weighted(z * arange(1, 13, dtype: ScalarType.Float64).unsqueeze(1), 3, 200, 1, 0.2).item<double>(), 1e-9);
        var blocks = z.split(4);
        Assert.Equal(loss, Weighted(cat([blocks[2], blocks[0], blocks[1]]), 3, 200, 1, 0.2).item<double>(), 1e-9);
        Assert.Equal(loss, Weighted(cat([.. blocks.Select(b => b.flip(0))]), 3, 200, 1, 0.2).item<double>(), 1e-9);
        Assert.NotEqual(loss, Weighted(cat([blocks[0], blocks[1], blocks[2].flip(0)]), 3, 200, 1, 0.2).item<double>(), 1e-3);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    public void Should_Fall_Under_Descent(int views)
    {
        using var scope = NewDisposeScope();
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(24, 5, 0.3), x => 250 + Weighted(x, views, 200, 1, 0.2), rate: 0.02, toFraction: 0.8);
    }

    [Fact]
    public void Should_Say_No_Number_Of_Embeddings_That_Are_None()
    {
        using var scope = NewDisposeScope();
        var broken = Weighted(full(8, 3, double.NaN, dtype: ScalarType.Float64), 2, 200, 1, 0.2);
        Assert.True(double.IsNaN(broken.item<double>()));
    }

    [Fact]
    public void Should_Refuse_What_Are_No_Views_Of_Two_Images()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => EmpSslLoss.Terms(ones(5, 3), 2, 0.2));
        Assert.Throws<ArgumentException>(() => EmpSslLoss.Terms(ones(4, 3), 4, 0.2));
        Assert.Throws<ArgumentException>(() => EmpSslLoss.Terms(ones(8), 2, 0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmpSslLoss.Terms(ones(8, 3), 1, 0.2));
        Assert.Throws<ArgumentException>(() => EmpSslLoss.Terms(ones(8, 3), 2, 0));
        Assert.Throws<ArgumentException>(() => EmpSslLoss.Terms(ones(8, 3), 2, double.NaN));
    }

    private static Tensor Weighted(Tensor embeddings, int views, double similarity, double rate, double distortion)
    {
        var terms = EmpSslLoss.Terms(embeddings, views, distortion);
        return -(terms.Similarity * similarity) - (terms.CodingRate * rate);
    }
}
