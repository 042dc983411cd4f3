using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>
/// Image files below a folder, sorted by name. Files in class folders are labelled with the first folder's name, files beside them are not.
/// </summary>
/// <remarks>
/// Only files with an image extension are listed; names that begin with a dot are left out. Links to folders are followed, each folder
/// once.
/// </remarks>
internal sealed class FolderSource : ListedSource
{
    /// <summary>Lists the images below a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="limits">Limits for each image; the default limits if left out.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="AutodidactException">The folder does not exist or cannot be read.</exception>
    public FolderSource(string root, DecodeLimits? limits = null, CancellationToken cancellationToken = default)
        : this(
            $"folder {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)))}",
            FolderWalk.List(root, cancellationToken),
            limits ?? new DecodeLimits())
    {
    }

    private FolderSource(string description, IReadOnlyList<SourceItem> items, DecodeLimits limits)
        : base(description, items, limits)
    {
    }

    internal override ListedSource With(string description, IReadOnlyList<SourceItem> items) =>
        new FolderSource(description, items, Limits);

    private protected override IDisposable? Open(CancellationToken cancellationToken, out ItemReader read)
    {
        read = Read;
        return null;
    }

    private ImageContent Read(SourceItem item)
    {
        try
        {
            // The length of now counts, not that of the list.
            using var file = RegularFile.Open(item.Locator, bufferSize: 0);
            return (Limits.Refuses(file.Length) ?? ImageFormats.Refuses(file)) is { } why
                ? new UnreadableImage(why)
                : new EncodedImage(RegularFile.ReadAll(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new UnreadableImage(e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "the file is gone, or a link to nothing",
                UnauthorizedAccessException => "no permission to read the file",
                UnreadableFileException => e.Message,
                _ => $"cannot be read ({OneLine.From(e.Message)})",
            });
        }
    }
}
