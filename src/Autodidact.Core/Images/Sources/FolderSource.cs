namespace Autodidact.Images;

/// <summary>
/// Image files below a folder, sorted by name. Files in class folders are labelled with the first folder's name, files beside them are not.
/// </summary>
/// <remarks>
/// Only files with an image extension are listed; names that begin with a dot are left out. Links to folders are followed, each folder
/// once.
/// </remarks>
internal sealed class FolderSource : IListedSource
{
    private readonly IReadOnlyList<SourceItem> _items;
    private readonly DecodeLimits _limits;

    /// <summary>Lists the images below a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="limits">Limits for each image; the default limits if left out.</param>
    /// <exception cref="AutodidactException">The folder does not exist or cannot be read.</exception>
    public FolderSource(string root, DecodeLimits? limits = null)
        : this($"folder {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)))}", FolderWalk.List(root), limits ?? new DecodeLimits())
    {
    }

    private FolderSource(string description, IReadOnlyList<SourceItem> items, DecodeLimits limits)
    {
        Description = description;
        _items = items;
        _limits = limits;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public int? ExpectedCount => _items.Count;

    IReadOnlyList<SourceItem> IListedSource.Items => _items;

    /// <inheritdoc/>
    public string Stamp() => SourceItem.Stamp(_items);

    /// <inheritdoc/>
    public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default)
    {
        foreach (var item in _items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ImageEntry(item.Key, item.Label, item.Problem is null ? Read(item) : new UnreadableImage(item.Problem));
        }
    }

    IImageSource IListedSource.With(string description, IReadOnlyList<SourceItem> items) => new FolderSource(description, items, _limits);

    private ImageContent Read(SourceItem item)
    {
        try
        {
            // An empty file, and a pipe that would block, are told by their length and never opened.
            var length = new FileInfo(item.Locator).Length;
            if (length == 0)
                return new UnreadableImage("the file is empty");
            if (length > _limits.MaxBytes)
                return new UnreadableImage($"too large: {length} bytes, the limit is {_limits.MaxBytes} bytes");
            return new EncodedImage(File.ReadAllBytes(item.Locator));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new UnreadableImage(e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "the file is gone, or a link to nothing",
                UnauthorizedAccessException => "no permission to read the file",
                _ => $"cannot be read ({OneLine.From(e.Message)})",
            });
        }
    }
}
