namespace Autodidact.Clustering;

/// <summary>
/// Gives every empty cluster the row that is farthest from its own centroid (the lower number where two are equally far), never the last
/// row of a cluster. That lowers the inertia, and is a pure function of the assignments.
/// </summary>
internal static class EmptyClusters
{
    /// <summary>Reassigns rows to the empty clusters.</summary>
    /// <param name="assignments">Cluster of each row.</param>
    /// <param name="sizes">Rows of each cluster; kept up to date.</param>
    /// <param name="distance">Distance of a row from its centroid.</param>
    /// <param name="reassign">Told each row and its new cluster.</param>
    /// <param name="workers">Threads.</param>
    /// <returns>
    /// How many clusters were given a row; rows at distance 0 are left alone, so with fewer distinct rows than clusters some stay empty.
    /// </returns>
    public static int Repair(
        ReadOnlySpan<int> assignments, int[] sizes, Func<int, double> distance, Action<int, int> reassign, Workers workers)
    {
        var empty = Enumerable.Range(0, sizes.Length).Where(j => sizes[j] == 0).ToArray();
        if (empty.Length == 0)
        {
            return 0;
        }

        const int chunkRows = 1024;
        var donors = assignments.ToArray();
        var farthest = new (double Negated, int Row)[donors.Length];
        workers.Run((donors.Length + chunkRows - 1) / chunkRows, chunk =>
        {
            for (var i = chunk * chunkRows; i < Math.Min(donors.Length, (chunk + 1) * chunkRows); i++)
            {
                farthest[i] = (-distance(i), i);
            }
        });
        Array.Sort(farthest);
        var repaired = 0;
        foreach (var (negated, row) in farthest)
        {
            if (repaired == empty.Length || negated >= 0)
            {
                break;
            }

            if (sizes[donors[row]] > 1)
            {
                sizes[donors[row]]--;
                sizes[empty[repaired]]++;
                reassign(row, empty[repaired++]);
            }
        }

        return repaired;
    }
}
