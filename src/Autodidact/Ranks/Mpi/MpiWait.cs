using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Autodidact.Ranks.Mpi;

/// <summary>
/// Waits for one request of MPI without holding a processor. MPI's own waiting asks again and again as fast as it can, which takes the
/// processor from the rank that is waited for where there are more ranks than cores. This asks fast for a moment, since most requests are
/// done by then, and sleeps ever longer between questions after that.
/// </summary>
internal sealed unsafe partial class MpiWait(MpiLibrary library, MpiWatch watch)
{
    private const int TimerSlack = 29;

    private static readonly long Fast = Microseconds(60);
    private static readonly long Long = Microseconds(20_000);
    private static readonly long Look = Stopwatch.Frequency;

    [ThreadStatic]
    private static bool _exact;

    /// <summary>Returns when the request is done.</summary>
    /// <param name="request">The request that a call left.</param>
    /// <param name="call">The call of MPI, for its error.</param>
    public void For(nint request, string call)
    {
        nint ignore = library.Handles.IgnoreStatus;
        long start = Stopwatch.GetTimestamp();
        long looked = start;
        while (true)
        {
            int done = 0;
            library.Check(library.Test(&request, &done, ignore), call);
            if (done != 0) return;
            long now = Stopwatch.GetTimestamp();
            if (now - start < Fast) continue;

            // A sleep is an eighth of the wait at most, so it adds little to any wait. Most libraries move data only while they are asked,
            // so a sleep stays short where data may be on its way.
            Sleep(Math.Min((now - start) / 8, Microseconds(now - start < Long ? 50 : 200)));
            if (now - looked < Look) continue;
            looked = now;
            watch.Look(Stopwatch.GetElapsedTime(start, now));
        }
    }

    private static long Microseconds(long number) => number * Stopwatch.Frequency / 1_000_000;

    private static void Sleep(long ticks)
    {
        if (!_exact)
        {
            // Linux would add 50 microseconds to every sleep of this thread.
            if (OperatingSystem.IsLinux()) _ = Control(TimerSlack, 1_000, 0, 0, 0);
            _exact = true;
        }
        var time = new TimeSpec { Nanoseconds = (nint)(ticks * 1_000_000_000 / Stopwatch.Frequency) };
        _ = Sleep(&time, null);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(TimeSpec* time, TimeSpec* left);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
