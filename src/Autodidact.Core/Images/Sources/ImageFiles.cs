namespace Autodidact.Images;

/// <summary>Image files in folders, by the rules of <see cref="FolderSource"/>.</summary>
internal static class ImageFiles
{
    /// <summary>Every file below a folder whose name ends as an image's does, sorted by key.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AutodidactException">The folder does not exist or cannot be read.</exception>
    public static IReadOnlyList<string> Below(string folder) => [.. FolderWalk.List(folder).Where(item => item.Problem is null).Select(item => item.Locator)];
}
