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
            : $"cannot write {path} ({OneLine.From(cause.Message)}): check the directory and its permissions",
        cause);

    private static bool IsDiskFull(Exception e) => e.HResult is WindowsDiskFull or WindowsHandleDiskFull
        || (!OperatingSystem.IsWindows() && e is IOException && e.HResult is NoSpaceErrno or QuotaErrno);
}
