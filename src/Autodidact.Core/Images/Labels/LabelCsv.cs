using Autodidact.Tables;

namespace Autodidact.Images;

/// <summary>Labels a user wrote down: a CSV file with the columns <c>key</c> and <c>label</c>, others ignored.</summary>
/// <remarks>A key is an image's key or, where only one image has it, its plain file name. An empty label means none.</remarks>
internal sealed class LabelCsv
{
    private readonly string _path;
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);

    private LabelCsv(string path) => _path = path;

    /// <summary>Reads the file.</summary>
    /// <exception cref="AutodidactException">It is missing, malformed, or names a key twice with different labels.</exception>
    public static LabelCsv Load(string path)
    {
        var result = new LabelCsv(path);
        using var rows = CsvFormat.ReadFile(path, "give a CSV file with the header key,label", $"labels file {path}").GetEnumerator();
        var (key, label) = rows.MoveNext() ? Columns(rows.Current.Fields) : (-1, -1);
        if (key < 0 || label < 0)
            throw result.Failure("has no header", "its first line must be key,label");
        while (rows.MoveNext())
            result.Add(rows.Current.Line, rows.Current.Fields, key, label);
        return result;
    }

    /// <summary>Finds the label of every key, and how many keys of the file belong to no image.</summary>
    /// <param name="keySets">Keys of each split; file names are compared over all of them.</param>
    public (IReadOnlyList<string?[]> Labels, int UnknownKeys) Match(params IReadOnlyList<string>[] keySets)
    {
        var namesSeen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var key in keySets.SelectMany(keys => keys))
            namesSeen[FileName(key)] = namesSeen.GetValueOrDefault(FileName(key)) + 1;
        var used = new HashSet<string>(StringComparer.Ordinal);
        string?[] LabelsOf(IReadOnlyList<string> keys) => [.. keys.Select(key =>
        {
            var name = FileName(key);
            var found = _labels.ContainsKey(key) ? key : namesSeen[name] == 1 && _labels.ContainsKey(name) ? name : null;
            if (found is null)
                return null;
            used.Add(found);
            return _labels[found].Length == 0 ? null : _labels[found];
        })];
        var labels = keySets.Select(LabelsOf).ToArray();
        if (used.Count == 0)
        {
            var example = keySets.SelectMany(keys => keys).FirstOrDefault() ?? string.Empty;
            throw Failure($"names none of the images in its {_labels.Count} keys", $"write keys like {example}");
        }

        return (labels, _labels.Count - used.Count);
    }

    private void Add(long line, string[] fields, int key, int label)
    {
        if (fields.Length <= Math.Max(key, label))
            throw Failure($"has too few fields on line {line}", "give a key and a label on every line");
        var (name, value) = (fields[key].Trim(), fields[label].Trim());
        if (!_labels.TryAdd(name, value) && _labels[name] != value)
            throw Failure($"labels {name} twice (line {line}: {value}, before: {_labels[name]})", "keep one of the two");
    }

    private static (int Key, int Label) Columns(string[] header)
    {
        int Find(string name) => Array.FindIndex(header, field => field.Trim().Equals(name, StringComparison.OrdinalIgnoreCase));
        return (Find("key"), Find("label"));
    }

    private static string FileName(string key) => key[(key.LastIndexOf('/') + 1)..];

    private AutodidactException Failure(string what, string todo) => new(FailureKind.Data, $"labels file {_path} {what}: {todo}");
}
