namespace Autodidact.Files;

/// <summary>Failures of the disk as one line to act on.</summary>
internal static class DiskFailure
{
    private const int NoSpaceErrno = 28;
    private const int QuotaErrno = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>A failure to write.</summary>
    /// <param name="path">The file or directory.</param>
    /// <param name="cause">The system's own exception.</param>
    public static AutodidactException Of(string path, Exception cause) => new(
        FailureKind.Environment,
        IsDiskFull(cause)
            ? $"the disk is full while writing {path}: free some space or choose another directory"
            : $"cannot write {path} ({Reason(cause)}): check the directory and its permissions",
        cause);

    /// <summary>The reason that the system gives, without the path: that may be long, and hide the reason behind it.</summary>
    /// <param name="cause">The system's own exception.</param>
    public static string Reason(Exception cause)
    {
        if (cause is UnauthorizedAccessException) return "permission denied";
        if (cause is FileNotFoundException or DirectoryNotFoundException) return "no such file or folder";

        // .NET writes the system's words, and the path behind them.
        var end = cause is IOException ? cause.Message.IndexOf(" : '", StringComparison.Ordinal) : -1;
        return OneLine.From(end > 0 ? cause.Message[..end] : cause.Message);
    }

    private static bool IsDiskFull(Exception e) => e.HResult is WindowsDiskFull or WindowsHandleDiskFull
        || (!OperatingSystem.IsWindows() && e is IOException && e.HResult is NoSpaceErrno or QuotaErrno);
}
