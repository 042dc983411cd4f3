using System.Globalization;

namespace Autodidact.Cli.Startup;

/// <summary>Writes the stack trace of a defect to a file, so that the user sees one line and can still report it.</summary>
internal static class ErrorLog
{
    /// <summary>Writes the exception to a file of its own in the temporary directory.</summary>
    /// <returns>The file; null when writing it failed, which must not hide the failure itself.</returns>
    public static string? Write(Exception exception, IReadOnlyList<string> args)
    {
        var name = string.Create(
            CultureInfo.InvariantCulture, $"autodidact-error-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}.log");
        var path = Path.Combine(Path.GetTempPath(), name);
        try
        {
            File.WriteAllText(path, Harmless.Lines($"autodidact {string.Join(' ', args)}\n{exception}\n"));
            return path;
        }
        catch (Exception inner) when (inner is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
