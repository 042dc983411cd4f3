using Autodidact.Files;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>
/// Writes files that a run can do without, such as the log of its metrics. One that cannot be written costs its own content and not the
/// training; the user is told once.
/// </summary>
/// <param name="tell">Takes events for the user.</param>
internal sealed class SpareFiles(Action<RunEvent> tell)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Writes a file if that can be done.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="write">Writes it.</param>
    /// <returns>Whether it was written.</returns>
    public bool Try(string path, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AutodidactException)
        {
            if (!_told.Add(path)) return false;
            var failure = e as AutodidactException ?? DiskFailure.Of(path, e);
            tell(new Notice($"the run goes on without this file: {failure.Message}"));
            tell(new FileNotWritten(path));
            return false;
        }
    }
}
