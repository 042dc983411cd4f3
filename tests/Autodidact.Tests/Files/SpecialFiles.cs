using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Autodidact.Tests.Files;

/// <summary>Makes what is no ordinary file, or has no ordinary name.</summary>
internal static partial class SpecialFiles
{
    /// <summary>More bytes than any reader takes into memory; they take no room on the disk.</summary>
    public const long HugeBytes = 3L << 30;

    /// <summary>Most that a reader may take before it refuses one of these files.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A named pipe. Whoever opens it to read waits for a writer.</summary>
    public static string Pipe(string path)
    {
        Assert.Equal(0, MakePipe(path, Convert.ToUInt32("600", 8)));
        return path;
    }

    /// <summary>A socket that somebody listens at until the result is disposed.</summary>
    public static Socket Socket(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    /// <summary>A file of <see cref="HugeBytes"/>, all of them zero.</summary>
    public static string Huge(string path)
    {
        using var stream = File.Create(path);
        stream.SetLength(HugeBytes);
        return path;
    }

    /// <summary>A link that leads back to itself.</summary>
    public static string Loop(string path)
    {
        File.CreateSymbolicLink(path, path);
        return path;
    }

    /// <summary>A file, or a folder, whose name is these bytes, UTF-8 or not.</summary>
    public static void Named(string folder, byte[] name, bool asFolder = false)
    {
        byte[] path = [.. Encoding.UTF8.GetBytes(folder + "/"), .. name, 0];
        if (asFolder)
        {
            Assert.Equal(0, MakeFolder(path, Convert.ToUInt32("700", 8)));
            return;
        }

        var descriptor = Create(path, Convert.ToUInt32("600", 8));
        Assert.True(descriptor >= 0);
        Assert.Equal(0, Close(descriptor));
    }

    /// <summary>Removes a folder that holds such names: .NET cannot name them.</summary>
    public static void Remove(string folder)
    {
        using var remove = Process.Start("rm", ["-r", folder]);
        remove.WaitForExit();
    }

    /// <summary>Fails if a reader waits, as it would at a pipe.</summary>
    public static Exception? Answer(Action read)
    {
        var task = Task.Run(() => Record.Exception(read));
        Assert.True(task.Wait(Patience), "the reader waits");
        return task.Result;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "creat")]
    private static partial int Create(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdir")]
    private static partial int MakeFolder(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
