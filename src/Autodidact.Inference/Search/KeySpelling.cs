namespace Autodidact.Inference;

/// <summary>Ways of writing the same path, and how alike two paths are.</summary>
internal static class KeySpelling
{
    /// <summary>Most letters by which file names of near keys differ.</summary>
    private const int MostChanges = 2;

    /// <summary>A key as it is, as an absolute path, and relative to the current folder: an index may hold any of them.</summary>
    public static IEnumerable<string> Of(string key)
    {
        yield return key;
        if (key.Length == 0 || key.Contains('\0', StringComparison.Ordinal))
        {
            yield break;
        }

        var path = Path.GetFullPath(key.Replace('\\', Path.DirectorySeparatorChar));
        yield return path;
        yield return Path.GetRelativePath(Environment.CurrentDirectory, path);
    }

    /// <summary>A path with slashes for backslashes, and without steps that lead nowhere (<c>./a//b</c> is <c>a/b</c>).</summary>
    public static string Portable(string key)
    {
        var path = key.Replace('\\', '/');
        while (path.Contains("/./", StringComparison.Ordinal) || path.Contains("//", StringComparison.Ordinal))
        {
            path = path.Replace("/./", "/", StringComparison.Ordinal).Replace("//", "/", StringComparison.Ordinal);
        }

        return path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }

    /// <summary>How far two keys are apart: the less, the nearer; null where they have nothing to do with each other.</summary>
    public static int? Distance(string one, string other)
    {
        var (left, right) = (Portable(one), Portable(other));
        var changes = Changes(FileName(left), FileName(right));
        return changes > MostChanges ? null : (changes << 16) + Math.Min(ushort.MaxValue, Folders(left, right));
    }

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();

    /// <summary>Folders that only one of the two paths has, counted from the file name upwards to the first that differs.</summary>
    private static int Folders(string left, string right)
    {
        var (a, b) = (left.Split('/'), right.Split('/'));
        var same = 1;
        while (same < a.Length && same < b.Length && a[^(same + 1)] == b[^(same + 1)])
        {
            same++;
        }

        return a.Length + b.Length - Math.Min(2 * same, a.Length + b.Length);
    }

    /// <summary>Letters to insert, remove or replace to make one name the other (V. Levenshtein, 1966), or more than the limit.</summary>
    private static int Changes(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > MostChanges)
        {
            return MostChanges + 1;
        }

        var above = Enumerable.Range(0, other.Length + 1).ToArray();
        var row = new int[other.Length + 1];
        for (var i = 1; i <= one.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
            }

            (above, row) = (row, above);
        }

        return above[other.Length];
    }
}
