using Autodidact.Numerics;
using Autodidact.RunReports;
using Autodidact.Serialization;

namespace Autodidact.Tests.RunReports;

public sealed class FeatureMapTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Should_Sample_Evenly_And_Place_Every_Sample()
    {
        Write(300, 6, (row, column) => MathF.Sin((row * 7) + (column * 3)) + (row % 3 == column ? 4 : 0));
        var map = FeatureMap.Of(_path, 100, CancellationToken.None)!;
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 3 * i), map.Positions);
        Assert.Equal(200, map.Principal.Length);
        Assert.Equal(200, map.Neighbours!.Length);
        Assert.All(map.Neighbours, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Should_Put_The_Direction_Of_Most_Variance_First()
    {
        // Unit rows that differ much in the third dimension and little in the second.
        Write(40, 3, (row, column) => column == 0 ? 1 : column == 1 ? 0.01f * MathF.Cos(row) : MathF.Sin(row));
        var map = FeatureMap.Of(_path, 40, CancellationToken.None)!;
        for (var i = 0; i < 40; i++)
        {
            // Larger along the third dimension is further to the right: the sign is fixed too.
            var wanted = MathF.Sin(i) / MathF.Sqrt(1 + (MathF.Sin(i) * MathF.Sin(i)));
            Assert.Equal(wanted, map.Principal[2 * i] - map.Principal[0] + 0, 0.02);
        }
    }

    [Fact]
    public void Should_Find_The_Components_That_A_Whole_Decomposition_Finds()
    {
        Write(60, 30, (row, column) => MathF.Sin((row * 0.7f) + column) * MathF.Exp(-column / 6f));
        var map = FeatureMap.Of(_path, 60, CancellationToken.None)!;
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var features = NpyFile.ReadMatrix(_path);
        var rows = TorchSharp.torch.tensor(features.Block(0, 60).ToArray(), [60, 30]).to(TorchSharp.torch.ScalarType.Float64);
        rows /= rows.norm(1, keepdim: true);
        rows -= rows.mean([0L], keepdim: true);
        var (left, values, _) = TorchSharp.torch.linalg.svd(rows, fullMatrices: false);
        for (var c = 0; c < 2; c++)
        {
            var wanted = (left.select(1, c) * values[c]).data<double>().ToArray();
            double[] found = [.. Enumerable.Range(0, 60).Select(i => (double)map.Principal[(2 * i) + c])];
            var sign = Math.Sign(wanted.Zip(found, (w, f) => w * f).Sum());
            for (var i = 0; i < 60; i++) Assert.Equal(sign * wanted[i], found[i], 1e-5);
        }
    }

    [Fact]
    public void Should_Be_The_Same_Each_Time()
    {
        Write(60, 5, (row, column) => MathF.Sin((row * 13) + column));
        var (first, second) = (FeatureMap.Of(_path, 60, CancellationToken.None)!, FeatureMap.Of(_path, 60, CancellationToken.None)!);
        Assert.Equal(first.Neighbours, second.Neighbours);
    }

    [Fact]
    public void Should_Bear_Few_Images_And_One_Dimension()
    {
        Write(2, 4, (row, _) => row);
        Assert.Null(FeatureMap.Of(_path, 10, CancellationToken.None));
        Write(10, 1, (row, _) => row + 1);
        var map = FeatureMap.Of(_path, 10, CancellationToken.None)!;
        Assert.Null(map.Neighbours);
        Assert.Equal(20, map.Principal.Length);
    }

    [Fact]
    public void Should_Refuse_Features_That_Are_Not_Finite()
    {
        Write(20, 3, (row, _) => row == 7 ? float.NaN : 1);
        var e = Assert.Throws<AutodidactException>(() => FeatureMap.Of(_path, 20, CancellationToken.None));
        Assert.Equal(FailureKind.Data, e.Kind);
    }

    private void Write(int rows, int columns, Func<int, int, float> value)
    {
        using var matrix = new FeatureMatrix(rows, columns);
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++) matrix[r][c] = value(r, c);
        }

        NpyFile.Write(_path, matrix);
    }
}
