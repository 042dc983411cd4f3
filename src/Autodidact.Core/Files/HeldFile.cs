namespace Autodidact.Files;

/// <summary>Files that a process has open alone. The system lets go of them when the process dies, however it dies.</summary>
internal static class HeldFile
{
    /// <summary>Whether anybody holds a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be opened for another reason.</exception>
    public static bool Is(string path)
    {
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException e) when (IsReason(e))
        {
            return true;
        }
    }

    /// <summary>Whether a file could not be opened because it is held, as each system says so (EWOULDBLOCK on Linux and macOS).</summary>
    /// <param name="e">The failure.</param>
    public static bool IsReason(IOException e) => e.HResult is unchecked((int)0x80070020) or 11 or 35;
}
