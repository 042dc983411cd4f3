using System.Globalization;
using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Where the tiles of a jigsaw puzzle lie in a view: equal cells, in each a smaller tile somewhere, so that edges do not continue from tile
/// to tile.
/// </summary>
/// <param name="Side">Side of the view.</param>
/// <param name="Grid">Cells in a row.</param>
/// <param name="Tile">Side of a tile.</param>
internal sealed record JigsawLayout(int Side, int Grid, int Tile)
{
    /// <summary>Smallest tile that has anything on it.</summary>
    public const int SmallestTile = 2;

    /// <summary>Side of a cell.</summary>
    public int Cell => Side / Grid;

    /// <summary>The layout for a view.</summary>
    /// <param name="side">Side of the view.</param>
    /// <param name="options">Grid and tile.</param>
    /// <exception cref="AutodidactException">The view is too small; kind Usage.</exception>
    public static JigsawLayout For(int side, JigsawOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tile = (int)Math.Round(side / options.Grid * options.Tile);
        return tile >= SmallestTile
            ? new JigsawLayout(side, options.Grid, tile)
            : throw new AutodidactException(
                FailureKind.Usage,
                FormattableString.Invariant($"views of {side} px make jigsaw tiles of {tile} px, at least {SmallestTile} are needed: ")
                + "raise the size of the views or their size at the start, or set grid=2 and permutations=24");
    }

    /// <summary>Cuts the tiles, each at random within its cell, in an order of each image's own.</summary>
    /// <param name="images">[B, C, side, side].</param>
    /// <param name="cells">The cell that comes at each place, row by row from 0: int64 [B, grid^2].</param>
    /// <returns>[B grid^2, C, tile, tile], the tiles of the first image in their order, then those of the next.</returns>
    public Tensor Shuffle(Tensor images, Tensor cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var rows = cells.div(Grid, RoundingMode.floor);
        return Patches.Cut(images, Start(rows), Start(cells - (rows * Grid)), Tile);
    }

    /// <summary>Where tiles begin along one axis; what the grid does not use is left out on both sides.</summary>
    private Tensor Start(Tensor cells) =>
        (cells * Cell) + ((Side - (Grid * Cell)) / 2) + Draws.Integers(0, Cell - Tile + 1, cells.shape, cells.device);
}
