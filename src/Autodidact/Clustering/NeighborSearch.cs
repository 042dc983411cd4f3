using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// The nearest other rows of every row, by cosine, exactly: every product is computed, by k-means' kernel, and only the best of each row
/// are kept. Memory is that of the answer and of one block of rows. The answer does not depend on the number of threads. Time grows with
/// the product of rows and candidates, so on a very large set the search can be limited to a part of the rows.
/// </summary>
internal static unsafe class NeighborSearch
{
    /// <summary>Rows compared with at a time: with 256 columns they fill the second- or third-level cache.</summary>
    private const int BankRows = 4096;

    private const int QueryRows = 16 * ProductTile.Rows;

    /// <summary>Finds them.</summary>
    /// <param name="features">Rows, [n, d], all finite; not normalised. A row of zeros is at cosine 0 from all.</param>
    /// <param name="count">How many of each row, from 1 to n - 1.</param>
    /// <param name="threads">Threads; 0 takes one for each processor.</param>
    /// <param name="most">
    /// Most rows that are searched. A larger set is thinned evenly to this number; at least <paramref name="count"/> + 1.
    /// </param>
    /// <returns>
    /// [n, count], row by row: the nearest first, of rows equally near the lower number. A row is not its own neighbour, but a copy of it
    /// is.
    /// </returns>
    /// <exception cref="AutodidactException">A row is not finite; kind Data.</exception>
    public static int[] Find(FeatureMatrix features, int count, int threads = 0, int most = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, features.Rows);
        var workers = new Workers(threads);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(most, count);
        var rows = PreparedRows.Create(features, spherical: true, workers);
        var bank = Bank.Of(rows.Count, Math.Min(most, rows.Count));
        var nearest = new NearestNeighbors(rows.Count, count);
        for (var first = 0; first < bank.Rows.Length; first += BankRows)
        {
            using var panels = Panels(rows, bank.Rows.AsSpan(first, Math.Min(BankRows, bank.Rows.Length - first)));
            var (from, block) = (first, panels);
            workers.Run(
                (rows.Count + QueryRows - 1) / QueryRows,
                () => new FeatureMatrix(QueryRows, rows.Dimensions),
                (queries, chunk) => Compare(rows, chunk * QueryRows, queries, bank, block, from, nearest),
                queries => queries.Dispose());
        }

        return Sorted(nearest, count, bank, workers);
    }

    private static CentroidPanels Panels(PreparedRows rows, ReadOnlySpan<int> bank)
    {
        var count = bank.Length;
        using var block = new FeatureMatrix(count, rows.Dimensions);
        for (var i = 0; i < count; i++)
        {
            rows.Copy(bank[i], block[i]);
        }

        var panels = new CentroidPanels([.. Enumerable.Range(0, count)], rows.Dimensions, spherical: true);
        panels.Load(block);
        return panels;
    }

    private static void Compare(
        PreparedRows rows, int query, FeatureMatrix block, Bank bank, CentroidPanels panels, int first, NearestNeighbors nearest)
    {
        var tile = stackalloc float*[ProductTile.Rows];
        var products = stackalloc float[ProductTile.Rows * ProductTile.Columns];
        var queries = Math.Min(QueryRows, rows.Count - query);
        for (var i = 0; i < queries; i++)
        {
            rows.Copy(query + i, block[i]);
        }

        var values = (float*)block.Pointer;
        for (var panel = 0; panel < panels.Count; panel++)
        {
            var item = first + (panel * ProductTile.Columns);
            var items = Math.Min(ProductTile.Columns, Math.Min(first + BankRows, bank.Rows.Length) - item);
            for (var i = 0; i < queries; i += ProductTile.Rows)
            {
                var count = Math.Min(ProductTile.Rows, queries - i);
                for (var r = 0; r < ProductTile.Rows; r++)
                {
                    tile[r] = values + ((long)(i + Math.Min(r, count - 1)) * rows.Dimensions);
                }

                ProductTile.Multiply(tile, panels.Panel(panel), rows.Dimensions, products);
                for (var r = 0; r < count; r++)
                {
                    var scores = new Span<float>(products + (r * ProductTile.Columns), items);
                    var self = bank.Places[query + i + r] - item;
                    if (self >= 0 && self < items)
                    {
                        // Below every cosine: it never stays among the best.
                        scores[self] = float.MinValue;
                    }

                    nearest.Offer(query + i + r, scores, item);
                }
            }
        }
    }

    private static int[] Sorted(NearestNeighbors nearest, int count, Bank bank, Workers workers)
    {
        var result = new int[nearest.Queries * count];
        workers.Run(nearest.Queries, query =>
        {
            var order = new (float Distance, int Item)[count];
            for (var i = 0; i < count; i++)
            {
                order[i] = (-nearest.Similarities(query)[i], nearest.Items(query)[i]);
            }

            Array.Sort(order);
            for (var i = 0; i < count; i++)
            {
                result[(query * count) + i] = bank.Rows[order[i].Item];
            }
        });
        return result;
    }

    /// <summary>Which rows may be neighbours.</summary>
    /// <param name="Rows">Their numbers, rising.</param>
    /// <param name="Places">For every row its place among them; -1 for one that is not.</param>
    private sealed record Bank(int[] Rows, int[] Places)
    {
        public static Bank Of(int rows, int most)
        {
            int[] bank = [.. Enumerable.Range(0, most).Select(i => (int)((long)i * rows / most))];
            var places = new int[rows];
            Array.Fill(places, -1);
            for (var i = 0; i < bank.Length; i++) places[bank[i]] = i;
            return new Bank(bank, places);
        }
    }
}
