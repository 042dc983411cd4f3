using System.Text;
using Autodidact.Images;

namespace Autodidact.Runs;

/// <summary>Files that are there completely or not at all, and failures of the disk as one line to act on.</summary>
internal static class AtomicFile
{
    private const string TemporaryExtension = ".tmp";
    private const int NoSpaceErrno = 28;
    private const int QuotaErrno = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes UTF-8 text beside the target and renames it over the target.</summary>
    /// <param name="path">The file; its directory is created where missing.</param>
    /// <param name="text">The content.</param>
    public static void WriteText(string path, string text)
    {
        var bytes = _utf8.GetBytes(text);
        Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Lets <paramref name="write"/> fill a file beside the target, flushes it to the disk and renames it over the target.</summary>
    /// <param name="path">The file; its directory is created where missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new PendingFile(path);
        file.Write(write);
        file.Commit();
    }

    /// <summary>Removes what a killed writer of <paramref name="path"/> left behind. Call it only while no other writer can be at work.</summary>
    /// <param name="path">The file.</param>
    public static void RemoveLeftovers(string path)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, $"{Path.GetFileName(path)}.*{TemporaryExtension}"))
            Delete(file);
    }

    /// <summary>Removes what killed writers left anywhere in a directory. Call it only while no other writer can be at work there.</summary>
    /// <param name="directory">The directory.</param>
    public static void RemoveAllLeftovers(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, $"*{TemporaryExtension}", SearchOption.AllDirectories).Where(IsTemporary))
            Delete(file);
    }

    /// <summary>A failure to write, as the command line tells it.</summary>
    /// <param name="path">What was being written.</param>
    /// <param name="cause">What the system said.</param>
    public static AutodidactException Failure(string path, Exception cause) => new(
        FailureKind.Environment,
        IsDiskFull(cause)
            ? $"the disk is full while writing {path}: free some space or choose another directory"
            : $"cannot write {path} ({OneLine.From(cause.Message)}): check the directory and its permissions",
        cause);

    private static bool IsDiskFull(Exception e) => e.HResult is WindowsDiskFull or WindowsHandleDiskFull
        || (!OperatingSystem.IsWindows() && e is IOException && e.HResult is NoSpaceErrno or QuotaErrno);

    /// <summary>A name beside a file that no other writer uses.</summary>
    internal static string TemporaryName(string path) => $"{path}.{Guid.NewGuid():N}{TemporaryExtension}";

    /// <summary>Whether a name is of <see cref="TemporaryName"/>'s making, and not a user's own.</summary>
    private static bool IsTemporary(string path) =>
        Guid.TryParseExact(Path.GetExtension(Path.GetFileNameWithoutExtension(path)).TrimStart('.'), "N", out _);

    /// <summary>Removes a file if that can be done.</summary>
    internal static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover is harmless and removed by the next writer; the failure that led here matters more.
        }
    }
}
