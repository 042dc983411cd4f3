using Autodidact.Clustering;
using Autodidact.Numerics;

namespace Autodidact.Tests.Clustering;

public unsafe class ProductTileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(256)]
    public void Should_Equal_The_Chain_Of_Fused_Multiply_Adds_Bit_For_Bit(int dimensions)
    {
        using var x = Rows.Groups(ProductTile.Rows, dimensions, 6, 1);
        using var centroids = Rows.Groups(ProductTile.Columns, dimensions, 16, 1, seed: 2);
        using var panels = new CentroidPanels([.. Enumerable.Range(0, ProductTile.Columns)], dimensions, spherical: false);
        panels.Load(centroids);
        var rows = stackalloc float*[ProductTile.Rows];
        for (var r = 0; r < ProductTile.Rows; r++)
            rows[r] = (float*)x.Pointer + (r * dimensions);
        var products = stackalloc float[ProductTile.Rows * ProductTile.Columns];
        ProductTile.Multiply(rows, panels.Panel(0), dimensions, products);

        for (var r = 0; r < ProductTile.Rows; r++)
        {
            for (var c = 0; c < ProductTile.Columns; c++)
            {
                var sum = 0f;
                for (var p = 0; p < dimensions; p++)
                    sum = MathF.FusedMultiplyAdd(x[r][p], centroids[c][p], sum);
                Assert.Equal(sum, products[(r * ProductTile.Columns) + c]);
            }
        }
    }
}
