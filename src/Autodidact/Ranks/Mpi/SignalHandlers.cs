using System.Runtime.InteropServices;

namespace Autodidact.Ranks.Mpi;

/// <summary>
/// The answers of this process to signals, as they are at one moment. .NET turns a SIGSEGV into a
/// <see cref="NullReferenceException"/>. A native library that answers it as well, as UCX does below MPICH, would end the process there.
/// </summary>
internal sealed unsafe partial class SignalHandlers
{
    private const int Signals = 31;

    /// <summary>More than <c>struct sigaction</c> takes anywhere.</summary>
    private const int Room = 256;

    private readonly byte[] _answers = new byte[(Signals + 1) * Room];

    private SignalHandlers()
    {
    }

    public static SignalHandlers Now()
    {
        var now = new SignalHandlers();
        fixed (byte* answers = now._answers)
        {
            for (int signal = 1; signal <= Signals; signal++) _ = Change(signal, null, answers + signal * Room);
        }
        return now;
    }

    /// <summary>Gives back every signal that had a handler and has another one since.</summary>
    /// <returns>How many signals had been taken.</returns>
    public int Restore()
    {
        int restored = 0;
        var other = stackalloc byte[Room];
        fixed (byte* answers = _answers)
        {
            for (int signal = 1; signal <= Signals; signal++)
            {
                byte* old = answers + signal * Room;
                bool handled = Handler(old) is not 0 and not 1;
                if (!handled || Change(signal, null, other) != 0 || Handler(other) == Handler(old)) continue;
                if (Change(signal, old, null) == 0) restored++;
            }
        }
        return restored;
    }

    // The handler comes first, on Linux and on macOS; 0 is the system's own answer and 1 is none.
    private static nint Handler(byte* answer) => *(nint*)answer;

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Change(int signal, byte* answer, byte* old);
}
