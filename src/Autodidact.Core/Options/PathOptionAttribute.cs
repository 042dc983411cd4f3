namespace Autodidact.Options;

/// <summary>An option that is a path. A run keeps it in full, so that it means the same from any working directory.</summary>
/// <param name="words">Values that are no path, such as the name of the built-in set.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PathOptionAttribute(params string[] words) : Attribute
{
    /// <summary>How the path ends: whatever ends otherwise is a word. Null where any value may be a path.</summary>
    public string? Ending { get; init; }

    /// <summary>The value with its path in full.</summary>
    /// <param name="value">The value as it was given.</param>
    /// <param name="folder">Folder that relative paths start from, as a full path.</param>
    public string InFull(string value, string folder) => IsPath(value) ? Path.GetFullPath(value, folder) : value;

    /// <summary>Whether a text can be a path at all.</summary>
    /// <param name="value">The value as it was given.</param>
    public static bool CanBePath(string value) => value.Length > 0 && !value.Contains('\0', StringComparison.Ordinal);

    private bool IsPath(string value) =>
        CanBePath(value)
        && !NullTextAttribute.IsNull(value)
        && !words.Contains(value, StringComparer.Ordinal)
        && (Ending is null || value.EndsWith(Ending, StringComparison.OrdinalIgnoreCase));
}
