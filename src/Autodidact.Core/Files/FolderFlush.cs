namespace Autodidact.Files;

/// <summary>Flushes renames to the disk, so that a loss of power does not undo them.</summary>
internal static class FolderFlush
{
    /// <summary>
    /// Flushes the names in a folder, on Linux; other systems give .NET no way to do so. File systems that cannot are passed over.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Of(string folder)
    {
        if (OperatingSystem.IsLinux()) LinuxFile.FlushFolder(folder);
    }
}
