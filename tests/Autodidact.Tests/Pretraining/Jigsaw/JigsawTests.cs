using Autodidact.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class JigsawTests
{
    [Theory]
    [InlineData(255, 3, 64 / 85.0, 85, 64)]
    [InlineData(224, 3, 0.75, 74, 56)]
    [InlineData(32, 3, 0.75, 10, 8)]
    [InlineData(16, 2, 0.75, 8, 6)]
    [InlineData(8, 3, 0.75, 2, 2)]
    public void Should_Lay_Tiles_Out(int side, int grid, double fraction, int cell, int tile)
    {
        var layout = JigsawLayout.For(side, new JigsawOptions { Grid = grid, Tile = fraction });
        Assert.Equal((cell, tile), (layout.Cell, layout.Tile));
    }

    [Fact]
    public void Should_Put_Each_Tile_Where_The_Permutation_Says()
    {
        using var scope = NewDisposeScope();

        // Every cell has its number as value; what the grid leaves over has none.
        var cells = full([2, 1, 11, 11], -1f);
        for (var cell = 0; cell < 9; cell++) cells.narrow(2, 1 + (cell / 3 * 3), 3).narrow(3, 1 + (cell % 3 * 3), 3).fill_(cell);
        long[] order = [3, 1, 4, 0, 5, 8, 2, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 0];
        var tiles = new JigsawLayout(11, 3, 2).Shuffle(cells, tensor(order, [2, 9]));
        Assert.Equal([18, 1, 2, 2], tiles.shape);
        Assert.Equal(order.Select(cell => (float)cell), tiles.amax([1L, 2L, 3L]).data<float>());
        Assert.Equal(order.Select(cell => (float)cell), tiles.amin([1L, 2L, 3L]).data<float>());
    }

    [Fact]
    public void Should_Move_Tiles_To_Every_Place_Within_Their_Cells()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var rows = arange(9, dtype: ScalarType.Float32).view(1, 1, 9, 1).expand(200, 1, 9, 9).contiguous();
        var middle = new JigsawLayout(9, 3, 2).Shuffle(rows, full([200, 9], 4L)).select(2, 0).select(2, 0);
        Assert.Equal([3, 4], middle.unique().output.data<float>().ToArray());
    }

    [Fact]
    public void Should_Say_That_Views_Are_Too_Small()
    {
        var error = Assert.Throws<AutodidactException>(
            () => TinyPretraining.Objective("jigsaw", o => o with { Methods = o.Methods.With(new JigsawOptions { Tile = 0.5 }) }));
        Assert.Equal(FailureKind.Usage, error.Kind);
        Assert.Contains("views of 8 px make jigsaw tiles of 1 px", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Should_Say_That_There_Are_Not_So_Many_Permutations()
    {
        var error = Assert.Throws<AutodidactException>(
            () => TinyPretraining.Objective("jigsaw", o => o with { Methods = o.Methods.With(new JigsawOptions { Grid = 2 }) }));
        Assert.Equal(FailureKind.Usage, error.Kind);
        Assert.Contains("pretrain.jigsaw.permutations=100: 4 tiles have 24", error.Message, StringComparison.Ordinal);
        using var most = TinyPretraining.Objective(
            "jigsaw", o => o with { Methods = o.Methods.With(new JigsawOptions { Grid = 2, Permutations = 24 }) });
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public void Should_Learn_The_Order_Of_Tiles_That_Differ(int grid, bool normalize) => Assert.InRange(
        PretextProbe.Learn(
            "jigsaw",
            "jigsaw_accuracy",
            (row, column, contrast) => 0.5 + (contrast * ((0.3 * row * row * row) + (0.15 * column))),
            o => o with
            {
                Methods = o.Methods.With(new JigsawOptions { Grid = grid, Permutations = 4, NormalizeTiles = normalize, Embedding = 16 }),
            },
            steps: 120),
        0.9,
        1);

    [Fact]
    public void Should_Not_Learn_The_Order_Of_Tiles_That_Are_Alike() => Assert.InRange(
        PretextProbe.Learn(
            "jigsaw", "jigsaw_accuracy",
            (_, _, contrast) => contrast, o => o with { Methods = o.Methods.With(new JigsawOptions { Permutations = 4, Embedding = 16 }) },
            steps: 30),
        0, 0.55);
}
