using System.Runtime.InteropServices;

namespace Autodidact.Ranks.Mpi;

/// <summary>Ends all ranks because of one.</summary>
internal static unsafe partial class MpiEnd
{
    /// <summary>How long the first rank has for its line before others show theirs.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(300);

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
        }
        catch (IOException)
        {
            // Nobody reads it; the ranks must end all the same.
        }
        _ = library.Abort(library.Handles.World, status);
        Leave(status);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Leave(int status);
}
