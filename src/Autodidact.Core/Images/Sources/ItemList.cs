namespace Autodidact.Images;

/// <summary>
/// The list that a source makes of a place full of files. It takes the files whose names end as an image's do and hidden ones not, labels
/// each by its first folder, and sorts them by key.
/// </summary>
internal sealed class ItemList
{
    private const string MacFolder = "__MACOSX";

    private readonly List<SourceItem> _items = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Whether a name that begins with a dot hides what has it.</summary>
    public static bool IsHidden(string name) => name.StartsWith('.');

    /// <summary>Whether a file of this key is an image to list.</summary>
    /// <param name="key">Name with forward slashes.</param>
    public static bool IsImage(string key) =>
        ImageFormats.HasImageExtension(key) && !key.Split('/').Any(IsHidden) && !key.StartsWith(MacFolder + "/", StringComparison.Ordinal);

    /// <summary>Adds an image. Of two that have one key the second cannot be read.</summary>
    /// <param name="key">Name with forward slashes.</param>
    /// <param name="locator">Where the source finds it again.</param>
    /// <param name="bytes">Encoded size.</param>
    /// <param name="state">Changes when the content may have changed.</param>
    /// <param name="problem">Why it cannot be read; null where it can.</param>
    public void Add(string key, string locator, long bytes, string state, string? problem = null) => _items.Add(new SourceItem(
        key, SourceItem.FirstFolder(key), locator, bytes, state, _keys.Add(key) ? problem : problem ?? "a second entry of this name"));

    /// <summary>Adds a folder whose files stay unknown.</summary>
    /// <param name="key">Name with forward slashes.</param>
    /// <param name="path">Its path.</param>
    /// <param name="problem">Why it cannot be read.</param>
    public void AddUnreadableFolder(string key, string path, string problem) =>
        _items.Add(new SourceItem(key, null, path, 0, string.Empty, problem) { IsFolder = true });

    /// <summary>All items by key; of one key the readable one comes first.</summary>
    public IReadOnlyList<SourceItem> Sorted() =>
        [.. _items.OrderBy(item => item.Key, StringComparer.Ordinal).ThenBy(item => item.Problem, StringComparer.Ordinal)];
}
