using System.Runtime.InteropServices;

namespace Autodidact.Cli.Output;

/// <summary>Asks the system about the three streams that a program starts with.</summary>
internal static partial class StandardStreams
{
    public const int In = 0;
    public const int Out = 1;
    public const int Error = 2;

    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;
    private const short ErrorOrHangUp = 0x18;

    /// <summary>
    /// Whether the program was given the stream. A closed one has a number that the runtime's own files take, such as its inner pipe: to
    /// write there, or to read, disturbs the runtime. Those files are marked to be closed for other programs, and no inherited one is.
    /// </summary>
    /// <param name="stream">The stream's number.</param>
    public static bool IsOpen(int stream) =>
        OperatingSystem.IsWindows() || (FlagsOf(stream, GetDescriptorFlags) is var flags && flags >= 0 && (flags & CloseOnExec) == 0);

    /// <summary>Whether somebody can still read what is written to the stream.</summary>
    /// <param name="stream">The stream's number.</param>
    public static bool HasReader(int stream)
    {
        if (OperatingSystem.IsWindows()) return true;
        var polled = new Polled { Descriptor = stream };
        return Poll(ref polled, 1, 0) <= 0 || (polled.Returned & ErrorOrHangUp) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FlagsOf(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Polled polled, nuint count, int milliseconds);

    private struct Polled
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
