using System.Text.Json;
using Autodidact.Clustering;
using Autodidact.Distillation;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class NeighborTargetsTests
{
    private static readonly Tensor _byHand = tensor(new[] { 0, 0, 0, 1, 1, 1, 1, 1, 2, 0, 1, 1 }, 3, 4).DetachFromDisposeScope();

    [Fact]
    public void Should_Equal_Plain_Loops_From_The_Search_To_The_Weights()
    {
        foreach (var expected in DistillationFixtures.Cases("neighbor_targets"))
        {
            using var scope = NewDisposeScope();
            var clusters = expected.GetProperty("clusters").EnumerateArray().Select(c => c.GetInt32()).ToArray();
            var count = (int)expected.Number("Neighbors");
            using var features = Matrix(LossFixtures.Formula(12, 4, 0.7, type: ScalarType.Float32));
            var neighbors = NeighborSearch.Find(features, count);
            Assert.Equal(expected.GetProperty("neighbors").EnumerateArray().Select(n => n.GetInt32()), neighbors);
            var table = tensor(
                Enumerable.Range(0, 12)
                    .SelectMany(i => neighbors.Skip(i * count).Take(count).Prepend(i)).Select(i => clusters[i]).ToArray(),
                12,
                1 + count);
            LossFixtures.AssertClose(expected.GetProperty("targets"), NeighborTargets.Assign(table, 3, ScalarType.Float64), 1e-12);
            LossFixtures.AssertClose(expected.GetProperty("weights"), NeighborTargets.Weights(table, expected.Number("Exponent")), 1e-12);
        }
    }

    [Fact]
    public void Should_Equal_Shares_And_Weights_Worked_By_Hand()
    {
        // The image and three neighbours: 0 and 0 0 1; 1 and 1 1 1; 2 and 0 1 1.
        using var scope = NewDisposeScope();
        Assert.Equal(
            [0.75, 0.25, 0, 0, 1, 0, 0.25, 0.5, 0.25], NeighborTargets.Assign(_byHand, 3, ScalarType.Float64).data<double>().ToArray());

        // Shares 2/3, 1 and 0 have the mean 5/9; their squares 4/9, 1 and 0 have 13/27.
        Close([1.2, 1.8, 0], NeighborTargets.Weights(_byHand, 1));
        Close([12.0 / 13, 27.0 / 13, 0], NeighborTargets.Weights(_byHand, 2));
    }

    [Fact]
    public void Should_Weight_All_The_Same_Without_An_Exponent_Or_Where_No_Neighbour_Agrees()
    {
        using var scope = NewDisposeScope();
        Close([1, 1, 1], NeighborTargets.Weights(_byHand, 0));
        Close([1, 1], NeighborTargets.Weights(tensor(new[] { 0, 1, 1, 0 }, 2, 2), 3));
    }

    [Fact]
    public void Should_Not_Depend_On_The_Order_Of_The_Neighbours_Nor_On_The_Clusters_Numbers()
    {
        using var scope = NewDisposeScope();
        var turned = _byHand.index_select(1, tensor(new long[] { 0, 3, 1, 2 }));
        var renamed = tensor(new[] { 2, 0, 1 })[_byHand.to(ScalarType.Int64)];
        Assert.True(NeighborTargets.Assign(turned, 3).Equals(NeighborTargets.Assign(_byHand, 3)));
        Assert.True(NeighborTargets.Weights(turned, 1.5).Equals(NeighborTargets.Weights(_byHand, 1.5)));
        Assert.True(NeighborTargets.Weights(renamed, 1.5).Equals(NeighborTargets.Weights(_byHand, 1.5)));
        Assert.True(
            NeighborTargets.Assign(renamed, 3).index_select(1, tensor(new long[] { 2, 0, 1 })).Equals(NeighborTargets.Assign(_byHand, 3)));
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Negative_Exponents()
    {
        Assert.Throws<ArgumentException>(() => NeighborTargets.Assign(zeros(4, dtype: ScalarType.Int32), 3));
        Assert.Throws<ArgumentException>(() => NeighborTargets.Weights(zeros(4, 1, dtype: ScalarType.Int32), 1));
        Assert.Throws<ArgumentException>(() => NeighborTargets.Weights(_byHand, -1));
    }

    private static void Close(double[] expected, Tensor actual) =>
        Assert.Equal(expected, actual.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);

    private static FeatureMatrix Matrix(Tensor rows)
    {
        var matrix = new FeatureMatrix((int)rows.shape[0], (int)rows.shape[1]);
        rows.detach().data<float>().ToArray().CopyTo(matrix.Block(0, matrix.Rows));
        return matrix;
    }
}
