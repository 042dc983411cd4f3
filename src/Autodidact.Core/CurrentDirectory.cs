namespace Autodidact;

/// <summary>
/// The directory that relative paths begin at. If it has been deleted, no path can be made full, and Intel's mathematics library, a part of
/// libtorch, ends the process.
/// </summary>
internal static class CurrentDirectory
{
    /// <summary>Does nothing if there is one.</summary>
    /// <exception cref="AutodidactException">It has been deleted, or cannot be reached; kind Environment.</exception>
    public static void Require()
    {
        try
        {
            _ = Directory.GetCurrentDirectory();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Environment, "the current directory has been deleted or cannot be reached: change to another one", e);
        }
    }
}
