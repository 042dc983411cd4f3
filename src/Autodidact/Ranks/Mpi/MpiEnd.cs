using System.Runtime.InteropServices;

namespace Autodidact.Ranks.Mpi;

/// <summary>Ends all ranks because of one.</summary>
internal static unsafe partial class MpiEnd
{
    /// <summary>How long the first rank has for its line before others show theirs.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(5);

    /// <summary>Time for the launcher to pass the line on: MPICH's drops what it has not read when it ends the ranks.</summary>
    private static readonly TimeSpan PassingOn = TimeSpan.FromMilliseconds(150);

    /// <summary>Shows the reason and ends every rank. It does not return.</summary>
    /// <remarks>
    /// Ranks that fail together, of the same bad data, show one line: the later ones wait for their turn, and are ended before it comes.
    /// </remarks>
    /// <param name="library">The library that connects the ranks.</param>
    /// <param name="rank">The rank that fails.</param>
    /// <param name="hosts">The machine of each rank, as far as known.</param>
    /// <param name="reason">One line for the user.</param>
    /// <param name="status">The exit status.</param>
    public static void Now(MpiLibrary library, int rank, IReadOnlyList<string> hosts, string reason, int status)
    {
        if (rank > 0) Thread.Sleep(Turn + TimeSpan.FromMilliseconds(20 * Math.Min(rank, 50)));
        try
        {
            Console.Out.Flush();
            Console.Error.WriteLine($"error: rank {rank}{(rank < hosts.Count ? $" on {hosts[rank]}" : "")}: {reason}");
            Thread.Sleep(PassingOn);
        }
        catch (IOException)
        {
            // Nobody reads it; the ranks must end all the same.
        }

        // MPICH's waits for the answer of its launcher, and for ever where the link to it is cut.
        var ending = new Thread(() => _ = library.Abort(library.Handles.World, status)) { IsBackground = true };
        ending.Start();
        ending.Join(Leaving);
        Exit(status);
    }

    /// <summary>Leaves MPI when all ranks have come to their end.</summary>
    /// <remarks>
    /// MPICH 4.0 over UCX and TCP waits for ever in MPI_Finalize now and then: a rank wants an answer from one that answers no longer.
    /// Where some wait in it and others are gone, its launcher fails. It takes a process that ends without MPI_Finalize for a good one,
    /// but ends the others of its machine. So ranks of MPICH leave without it where each has a machine of its own, and with it elsewhere:
    /// ranks of one machine talk through its memory.
    /// </remarks>
    /// <param name="library">The library that connects the ranks.</param>
    /// <param name="hosts">The machine of each rank.</param>
    public static void Leave(MpiLibrary library, IReadOnlyList<string> hosts)
    {
        if (library.IsMpich && hosts.Count > 1 && hosts.Distinct(StringComparer.Ordinal).Count() == hosts.Count) return;
        int error = 0;
        var leaving = new Thread(() => error = library.Finish()) { IsBackground = true };
        leaving.Start();
        if (leaving.Join(Leaving)) library.Check(error, "MPI_Finalize");
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);
}
