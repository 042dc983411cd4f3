using Autodidact.Native;
using Autodidact.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Products and systems of large matrices, in tiles that the cores share. The tiles depend on the shapes alone, and so does the result.
/// </summary>
internal static class DividedProducts
{
    private const int Rows = 512;
    private const int SmallestTile = 64;
    private const int LargestTile = 256;

    /// <summary>a b, rows of a in blocks.</summary>
    /// <param name="a">(n, k).</param>
    /// <param name="b">(k, m).</param>
    public static Tensor Product(Tensor a, Tensor b)
    {
        var result = empty([a.shape[0], b.shape[1]], a.dtype);
        var blocks = FeatureTensors.Blocks((int)a.shape[0], Rows).ToArray();
        TorchWork.Run(blocks.Length, number =>
        {
            var (row, count) = blocks[number];
            result.narrow(0, row, count).copy_(a.narrow(0, row, count).mm(b));
        });
        return result;
    }

    /// <summary>x x', each half of it computed once.</summary>
    /// <param name="x">(n, k).</param>
    public static Tensor Gram(Tensor x)
    {
        var result = empty([x.shape[0], x.shape[0]], x.dtype);
        SymmetricTiles(
            Tiles(x),
            result,
            x.shape[1],
            (row, column) => x.narrow(0, row.First, row.Count).mm(x.narrow(0, column.First, column.Count).t()));
        return result;
    }

    /// <summary>The lower triangular L with L L' = a; what lies above its diagonal is not set to zero.</summary>
    /// <param name="a">Symmetric and positive definite (n, n); overwritten by the result.</param>
    public static void Cholesky(Tensor a)
    {
        var tiles = Tiles(a);
        for (var done = 0; done < tiles.Length; done++)
        {
            using var scope = NewDisposeScope();
            var corner = tiles[done];
            var root = linalg.cholesky(Part(a, corner, corner));
            Part(a, corner, corner).copy_(root);
            var below = tiles[(done + 1)..];
            TorchWork.Run(below.Length, number =>
            {
                var panel = Part(a, below[number], corner);
                panel.copy_(linalg.solve_triangular(root, panel.t(), upper: false).t());
            });
            var pairs = Pairs(below);
            TorchWork.Run(pairs.Length, number =>
            {
                var (row, column) = pairs[number];
                Part(a, row, column).SubtractInPlace(Part(a, row, corner).mm(Part(a, column, corner).t()));
            });
        }
    }

    /// <summary>Solves L x = b.</summary>
    /// <param name="lower">Lower triangular (n, n); what lies above its diagonal is not read.</param>
    /// <param name="b">(n, m); overwritten by x.</param>
    /// <param name="triangular">Whether b is lower triangular itself: what is known to be zero is left out.</param>
    public static void SolveLower(Tensor lower, Tensor b, bool triangular = false)
    {
        var rows = Tiles(lower);
        var columns = triangular ? rows : FeatureTensors.Blocks((int)b.shape[1], LargestTile).Select(block => new Range(block)).ToArray();
        TorchWork.Run(columns.Length, number =>
        {
            var column = columns[number];
            for (var i = triangular ? number : 0; i < rows.Length; i++)
            {
                using var scope = NewDisposeScope();
                var part = Part(b, rows[i], column);
                var first = triangular ? column.First : 0;
                var known = new Range(first, rows[i].First - first);
                if (known.Count > 0) part.SubtractInPlace(Part(lower, rows[i], known).mm(Part(b, known, column)));
                part.copy_(linalg.solve_triangular(Part(lower, rows[i], rows[i]), part, upper: false));
            }
        });
    }

    /// <summary>The inverse in float32.</summary>
    /// <param name="a">Symmetric and positive definite, float64 (n, n); overwritten.</param>
    public static Tensor Inverse(Tensor a)
    {
        // a = L L', so its inverse is y' y with L y = 1.
        Cholesky(a);
        using var y = eye(a.shape[0], dtype: a.dtype);
        SolveLower(a, y, triangular: true);
        var result = empty([a.shape[0], a.shape[0]], ScalarType.Float32);
        SymmetricTiles(Tiles(a), result, a.shape[0] / 3, (row, column) =>
        {
            // Column is at most row: y is zero above the row.
            var known = new Range(row.First, (int)a.shape[0] - row.First);
            return Part(y, known, row).t().mm(Part(y, known, column));
        });
        return result;
    }

    /// <summary>Fills a symmetric matrix, tile by tile. Ranks that share the work have a part of the tiles each.</summary>
    /// <param name="tiles">The ranges of its rows.</param>
    /// <param name="result">The matrix.</param>
    /// <param name="depth">Products that are added up for a value, on average.</param>
    /// <param name="tile">Computes a tile.</param>
    private static void SymmetricTiles(Range[] tiles, Tensor result, double depth, Func<Range, Range, Tensor> tile)
    {
        var pairs = Pairs(tiles);
        var slot = tiles[0].Count * tiles[0].Count * (int)result.ElementSize;
        var share = pairs.Length > Array.MaxLength / slot
            ? new WorkShare(null, pairs.Length)
            : SharedWork.Divide(
                "products", pairs.Length, depth * result.shape[0] * result.shape[0], (double)pairs.Length * slot);
        var values = share.IsDivided ? new byte[pairs.Length * slot] : [];
        TorchWork.Run(share.Count, piece =>
        {
            var number = share.First + piece;
            var value = tile(pairs[number].Row, pairs[number].Column);
            Place(pairs[number], value);
            if (share.IsDivided) value.to(result.dtype).contiguous().bytes.CopyTo(values.AsSpan(number * slot));
        });
        if (!share.IsDivided) return;
        share.Complete(values, slot);
        TorchWork.Run(pairs.Length, number =>
        {
            if (number >= share.First && number < share.First + share.Count) return;
            var (row, column) = pairs[number];
            var value = empty([row.Count, column.Count], result.dtype);
            value.bytes = values.AsSpan(number * slot, value.bytes.Length);
            Place(pairs[number], value);
        });

        void Place((Range Row, Range Column) pair, Tensor value)
        {
            Part(result, pair.Row, pair.Column).copy_(value);
            if (pair.Row != pair.Column) Part(result, pair.Column, pair.Row).copy_(value.t());
        }
    }

    private static Tensor Part(Tensor matrix, Range rows, Range columns) =>
        matrix.narrow(0, rows.First, rows.Count).narrow(1, columns.First, columns.Count);

    private static Range[] Tiles(Tensor matrix)
    {
        const int tilesASide = 8;
        var rows = (int)matrix.shape[0];
        var tile = Math.Clamp(rows / tilesASide, SmallestTile, LargestTile);
        return [.. FeatureTensors.Blocks(rows, tile).Select(block => new Range(block))];
    }

    private static (Range Row, Range Column)[] Pairs(Range[] tiles) =>
        [.. tiles.SelectMany((row, i) => tiles.Take(i + 1).Select(column => (row, column)))];

    private readonly record struct Range(int First, int Count)
    {
        public Range((int First, int Count) block)
            : this(block.First, block.Count)
        {
        }
    }
}
