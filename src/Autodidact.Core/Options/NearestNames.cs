namespace Autodidact.Options;

/// <summary>Finds the names a mistyped one may have meant.</summary>
internal static class NearestNames
{
    /// <summary>Longer names come from files and not from fingers; comparing them would take memory and time by their length.</summary>
    private const int LongestName = 200;

    /// <summary>
    /// The likeliest names, best first: those whose last part equals the given one (<c>epochs</c> finds <c>pretrain.epochs</c>),
    /// then those a few edits away.
    /// </summary>
    /// <param name="name">What was typed.</param>
    /// <param name="candidates">Names that exist.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> candidates, int count = 3)
    {
        if (name.Length > LongestName) return [];
        var typed = name.ToLowerInvariant();
        var typedLast = LastPart(typed);
        return
        [
            .. candidates
                .Select(candidate => (Name: candidate, Distance: Score(typed, typedLast, candidate.ToLowerInvariant())))
                .Where(c => c.Distance <= Math.Max(2, typed.Length / 3))
                .OrderBy(c => c.Distance)
                .ThenBy(c => c.Name, StringComparer.Ordinal)
                .Take(count)
                .Select(c => c.Name),
        ];
    }

    /// <summary>A clause to end a message with: <c>; did you mean a, b?</c>, or nothing when no name is near.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="candidates">Names that exist.</param>
    public static string Hint(string name, IEnumerable<string> candidates)
    {
        var nearest = Find(name, candidates);
        return nearest.Count == 0 ? "" : $"; did you mean {string.Join(" or ", nearest)}?";
    }

    /// <summary>Edits (insert, delete, replace, swap neighbours) that turn one text into the other.</summary>
    /// <param name="a">One text.</param>
    /// <param name="b">The other.</param>
    public static int EditDistance(string a, string b)
    {
        var distance = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) distance[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) distance[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(replace, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = Math.Min(best, distance[i - 2, j - 2] + 1);
                distance[i, j] = best;
            }
        return distance[a.Length, b.Length];
    }

    private static int Score(string typed, string typedLast, string candidate)
    {
        var dotted = typed.Contains('.', StringComparison.Ordinal);
        var whole = EditDistance(typed, candidate);
        if (LastPart(candidate) == typedLast) return dotted ? Math.Min(whole, 2) : 0;
        // A bare last part (`epoch`) is compared with last parts; a dotted name with whole names.
        return dotted ? whole : Math.Min(whole, EditDistance(typed, LastPart(candidate)));
    }

    private static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];
}
