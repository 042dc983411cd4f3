using System.Globalization;
using Autodidact.Tables;

namespace Autodidact.Export;

/// <summary>
/// Names of clusters as a user wrote them down: a CSV file with the columns <c>cluster</c> and <c>name</c>, others ignored.
/// </summary>
internal static class ClusterNamesFile
{
    private const string Remedy = "name a CSV file with the columns cluster and name";

    /// <summary>Reads the names. A cluster without one is called by its number.</summary>
    /// <param name="path">The file. The header may be missing: the first line is then read as the others are.</param>
    /// <param name="clusters">Number of clusters.</param>
    /// <exception cref="AutodidactException">
    /// The file is missing or malformed, names a cluster twice or one that is not there, or a name is empty; kind Data.
    /// </exception>
    public static IReadOnlyList<string> Read(string path, int clusters)
    {
        if (!File.Exists(path))
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: no such file: {Remedy}");
        }

        var names = Enumerable.Range(0, clusters).Select(c => FormattableString.Invariant($"cluster {c}")).ToArray();
        var lines = new long[clusters];
        var (clusterAt, nameAt, fieldCount, first) = (0, 1, 2, true);
        foreach (var (line, fields) in CsvFormat.ReadFile(path, Remedy))
        {
            if (first && Find(fields, "cluster") is >= 0 and var numbers && Find(fields, "name") is >= 0 and var texts)
            {
                (clusterAt, nameAt, fieldCount, first) = (numbers, texts, fields.Length, false);
                continue;
            }

            if (fields.Length != fieldCount || !Number(fields[clusterAt], out var cluster))
            {
                var expected = first ? "the header cluster,name, or a cluster and its name" : "a cluster and its name";
                var found = string.Join(',', fields).ReplaceLineEndings(" ");
                throw Bad(line, $"'{found}': expected {expected}; a name with a comma stands in quotes");
            }

            if (cluster >= clusters)
            {
                throw Bad(line, $"there is no cluster {cluster}: they are numbered from 0 to {clusters - 1}");
            }

            if (lines[cluster] > 0)
            {
                throw Bad(line, $"cluster {cluster} has a name on line {lines[cluster]} already: keep one of the two");
            }

            var name = fields[nameAt].Trim();
            if (name.All(char.IsControl))
            {
                throw Bad(line, $"the name of cluster {cluster} is empty: give it one, or leave the line out");
            }

            (names[cluster], lines[cluster], first) = (name, line, false);
        }

        return lines.Any(line => line > 0) ? names : throw new AutodidactException(FailureKind.Data, $"{path} names no cluster: {Remedy}");

        AutodidactException Bad(long line, string what) => new(FailureKind.Data, $"{path}, line {line}: {what}");
    }

    private static int Find(string[] header, string name) =>
        Array.FindIndex(header, field => field.Trim().Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool Number(string text, out int number) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
