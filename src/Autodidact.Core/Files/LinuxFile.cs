using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Autodidact.Files;

/// <summary>
/// Opens files on Linux without waiting. .NET opens a pipe as it opens a file, and waits there for a writer that may never come; it does
/// not tell the two apart either.
/// </summary>
internal static unsafe partial class LinuxFile
{
    private const int ReadOnly = 0;
    private const int NoControllingTerminal = 0x100;

    /// <summary>O_DIRECTORY, which ARM numbers otherwise.</summary>
    private static readonly int FolderFlag =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x4000 : 0x10000;

    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint TypeWanted = 1;

    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;

    private const int NoEntry = 2;
    private const int Interrupted = 4;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;
    private const int Invalid = 22;
    private const int ReadOnlyFileSystem = 30;
    private const int NotSupported = 95;

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableFileException">It is something else.</exception>
    public static SafeFileHandle Open(string path)
    {
        // The name is looked at first, because opening some devices does something. It may mean something else a moment later: so the
        // opening does not wait, and the open file is looked at again.
        Check(CurrentFolder, path, 0, path);
        var descriptor = Repeated(() => OpenFile(path, ReadOnly | NoControllingTerminal | NonBlocking | CloseOnExec));
        if (descriptor < 0) throw Failure(path);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            Check(descriptor, string.Empty, EmptyPath, path);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Flushes the names in a folder to the disk: a renamed file could have its old name after a loss of power otherwise. A folder that may
    /// not be opened, and a file system that flushes no folders, are passed over.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk refuses, or it is no folder.</exception>
    public static void FlushFolder(string path)
    {
        var descriptor = Repeated(() => OpenFile(path, ReadOnly | FolderFlag | CloseOnExec));
        if (descriptor < 0)
        {
            if (Marshal.GetLastPInvokeError() is NotPermitted or AccessDenied) return;
            throw Failure(path);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Repeated(() => Flush(descriptor)) < 0
            && Marshal.GetLastPInvokeError() is not (Invalid or ReadOnlyFileSystem or NotSupported))
        {
            throw Failure(path);
        }
    }

    /// <summary>A call of the system, again where a signal interrupted it.</summary>
    private static int Repeated(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    private static void Check(int folder, string name, int flags, string path)
    {
        var status = stackalloc byte[StatxBytes];
        if (Statx(folder, name, flags, TypeWanted, status) < 0) throw Failure(path);
        var problem = (*(ushort*)(status + ModeOffset) & TypeMask) switch
        {
            0x8000 => null,
            0x1000 => "it is a named pipe, not a file",
            0x2000 or 0x6000 => "it is a device, not a file",
            0x4000 => "it is a folder, not a file",
            0xC000 => "it is a socket, not a file",
            _ => "it is not a regular file",
        };
        if (problem is not null) throw new UnreadableFileException(problem);
    }

    private static Exception Failure(string path) => Marshal.GetLastPInvokeError() switch
    {
        NoEntry => new FileNotFoundException($"Could not find file '{path}'.", path),
        NotAFolder => new DirectoryNotFoundException($"Could not find a part of the path '{path}'."),
        NotPermitted or AccessDenied => new UnauthorizedAccessException($"Access to the path '{path}' is denied."),
        var other => new IOException($"{Marshal.GetPInvokeErrorMessage(other)} : '{path}'", other),
    };

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint wanted, byte* status);
}
