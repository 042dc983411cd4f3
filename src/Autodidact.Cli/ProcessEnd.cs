using System.Runtime.InteropServices;

namespace Autodidact.Cli;

/// <summary>Ends the process while other threads are at work.</summary>
internal static partial class ProcessEnd
{
    /// <summary>
    /// Ends the process at once. Not by <see cref="Environment.Exit"/>: native threads may be training, and running exit handlers under
    /// them can crash.
    /// </summary>
    /// <param name="status">The exit status.</param>
    public static void Now(int status)
    {
        if (OperatingSystem.IsWindows()) Environment.Exit(status);
        else Leave(status);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Leave(int status);
}
