namespace Autodidact.RunReports;

/// <summary>The pictures that stand for a cluster.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Nearest">Images nearest to its centroid, the nearest first.</param>
/// <param name="Borderline">Images that almost belong to another cluster, the closest call first; none of the nearest.</param>
internal sealed record ContactSheet(int Cluster, IReadOnlyList<int> Nearest, IReadOnlyList<int> Borderline);

/// <summary>Chooses the pictures a report shows of each cluster.</summary>
internal static class ContactSheets
{
    /// <summary>Pictures below which a sheet tells nothing.</summary>
    private const int Fewest = 4;

    private const int Most = 12;

    /// <summary>
    /// Sheets of the clusters, the largest first. Where there are too many clusters for <paramref name="pictures"/>, some are left out:
    /// those shown are spread evenly over the sizes, from the largest to the smallest.
    /// </summary>
    /// <param name="clusters">The clustering.</param>
    /// <param name="pictures">Most pictures in all.</param>
    public static IReadOnlyList<ContactSheet> Choose(ClusterFacts clusters, int pictures)
    {
        int[] bySize =
        [
            .. Enumerable.Range(0, clusters.Count).Where(c => clusters.Sizes[c] > 0)
                .OrderByDescending(c => clusters.Sizes[c]).ThenBy(c => c),
        ];
        var shown = Spread(bySize, pictures / Fewest);
        if (shown.Count == 0) return [];
        var each = Math.Min(pictures / shown.Count, Most);
        var nearest = ((2 * each) + 2) / 3;
        var members = Enumerable.Range(0, clusters.Assignments.Length).ToLookup(i => clusters.Assignments[i]);
        return
        [
            .. shown.Select(cluster =>
            {
                int[] near = [.. members[cluster].OrderBy(i => clusters.Distances[i]).Take(nearest)];
                int[] border = [.. members[cluster].Except(near).OrderBy(i => clusters.Margins[i]).Take(each - near.Length)];
                return new ContactSheet(cluster, near, border);
            }),
        ];
    }

    private static IReadOnlyList<int> Spread(int[] all, int count) => all.Length <= count
        ? all
        : [.. Enumerable.Range(0, count).Select(i => all[count == 1 ? 0 : (int)((long)i * (all.Length - 1) / (count - 1))])];
}
