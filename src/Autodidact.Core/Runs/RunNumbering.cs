using System.Globalization;

namespace Autodidact.Runs;

/// <summary>Names run directories that the user did not name: <c>runs/cifar10-1</c>, <c>runs/cifar10-2</c>.</summary>
internal static class RunNumbering
{
    private const int LongestName = 40;

    /// <summary>The next free directory for a data set. Nothing is created.</summary>
    /// <param name="data">What the data was named: a path or <c>synthetic</c>.</param>
    /// <param name="root">Directory that holds the runs.</param>
    public static string Next(string data, string root = "runs")
    {
        var name = NameOf(data);
        var highest = 0;
        if (Directory.Exists(root))
            foreach (var entry in Directory.EnumerateFileSystemEntries(root, name + "-*"))
            {
                var digits = Path.GetFileName(entry).AsSpan(name.Length + 1);
                if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    highest = Math.Max(highest, number);
            }
        return Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{name}-{highest + 1}"));
    }

    /// <summary>
    /// Short name of a data set for a directory: the last part of its path without extension, in lower case, other signs as hyphens.
    /// </summary>
    /// <param name="data">What the data was named.</param>
    public static string NameOf(string data)
    {
        var last = Path.TrimEndingDirectorySeparator(data.Trim().Replace('\\', '/'));
        if (last is "" or "." or "..") last = Path.GetFullPath(last.Length == 0 ? "." : last);
        last = Path.GetFileName(last);
        if (File.Exists(data) || !Directory.Exists(data)) last = WithoutExtensions(last);
        var signs = last.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) || c == '.' || c == '_' ? c : '-').ToArray();
        var name = string.Join('-', new string(signs).Split('-', StringSplitOptions.RemoveEmptyEntries)).Trim('.');
        if (name.Length > LongestName) name = name[..LongestName].TrimEnd('-', '.');
        return name.Length == 0 ? "images" : name;
    }

    // cifar-10.tar.gz has two.
    private static string WithoutExtensions(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return name.EndsWith(".tar", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }
}
