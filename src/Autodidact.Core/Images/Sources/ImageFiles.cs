namespace Autodidact.Images;

/// <summary>Image files in folders, by the rules of <see cref="FolderSource"/>.</summary>
internal static class ImageFiles
{
    /// <summary>
    /// Every file below a folder whose name ends as an image's does, sorted by key. Each path is the folder as it is given here and the
    /// rest after it, with forward slashes on every system: <c>pictures</c> gives <c>pictures/cats/1.jpg</c>. Files and folders that cannot
    /// be read are among them, with the reason; the folder itself too.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="AutodidactException">The folder does not exist.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<NamedFile> Below(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var start = Portable(folder);
        start = start.EndsWith('/') ? start : start + '/';
        var items = FolderWalk.ListWithProblems(folder, cancellationToken);
        return [.. items.Select(item => new NamedFile(PathOf(item.Key), item.Problem))];

        string PathOf(string key) => key.Length > 0 ? start + key : Portable(folder);
    }

    /// <summary>A path with forward slashes, which every system reads.</summary>
    /// <param name="path">The path as this system writes it.</param>
    internal static string Portable(string path) => path.Replace(Path.DirectorySeparatorChar, '/');
}
