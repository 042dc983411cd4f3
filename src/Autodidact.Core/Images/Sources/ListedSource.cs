namespace Autodidact.Images;

/// <summary>A source that knows its images by name before it reads any, so that they can be divided into splits.</summary>
internal abstract class ListedSource : IImageSource
{
    private protected ListedSource(string description, IReadOnlyList<SourceItem> items, DecodeLimits limits)
    {
        Description = description;
        Items = items;
        Limits = limits;
    }

    /// <summary>Hands out the content of one listed image.</summary>
    /// <param name="item">The image, which is neither empty nor too large as far as the list knows.</param>
    private protected delegate ImageContent ItemReader(SourceItem item);

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public int? ExpectedCount => Items.Count;

    /// <summary>All images, sorted by key.</summary>
    internal IReadOnlyList<SourceItem> Items { get; }

    /// <summary>The most that one image may cost.</summary>
    private protected DecodeLimits Limits { get; }

    /// <inheritdoc/>
    public string Stamp() => SourceItem.Stamp(Items);

    /// <inheritdoc/>
    public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default)
    {
        using var opened = Open(cancellationToken, out var read);
        foreach (var item in Items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ImageEntry(item.Key, item.Label, item.Problem is null ? read(item) : new UnreadableImage(item.Problem));
        }
    }

    /// <summary>The same source with other items: fewer, or renamed.</summary>
    /// <param name="description">A name for the part.</param>
    /// <param name="items">Items whose locators come from this source.</param>
    internal abstract ListedSource With(string description, IReadOnlyList<SourceItem> items);

    /// <summary>Opens the place that the images lie in, for one pass over them.</summary>
    /// <param name="cancellationToken">Stops the opening and all reading.</param>
    /// <param name="read">Reads an image while the place is open.</param>
    /// <returns>Closes the place; null where nothing is to be closed.</returns>
    private protected abstract IDisposable? Open(CancellationToken cancellationToken, out ItemReader read);
}
