using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Autodidact.Native;

namespace Autodidact.Ranks.Mpi;

/// <summary>
/// Joins this process to the others that a launcher started with it. Where none did, it loads nothing and changes nothing.
/// </summary>
internal static unsafe class MpiWorld
{
    /// <summary>The ranks that this process belongs to; null where it was started alone, and before <see cref="Join()"/>.</summary>
    public static MpiLink? Link { get; private set; }

    /// <summary>Starts MPI, where this process is one rank of several.</summary>
    /// <returns>The link to the others; null where this process was started alone.</returns>
    /// <exception cref="AutodidactException">The ranks cannot be connected; kind Environment.</exception>
    public static MpiLink? Join()
    {
        if (MpiLauncher.Find() is not { } launcher) return null;
        try
        {
            return Link ??= Join(launcher);
        }
        catch (AutodidactException) when (launcher.Rank > 0)
        {
            // Most often all ranks fail alike, and the launcher ends the others when the first has said so.
            Thread.Sleep(MpiEnd.Turn);
            throw;
        }
    }

    private static MpiLink Join(MpiLauncher launcher)
    {
        if (launcher.Way == MpiWay.None)
        {
            throw Failure(
                $"srun started {launcher.Size} processes without MPI, so they cannot find each other; give srun --mpi=pmix (Open MPI) or "
                + "--mpi=pmi2 (MPICH); srun --mpi=list shows what there is");
        }

        // A library may answer signals as soon as it is loaded.
        var handlers = SignalHandlers.Now();
        var library = MpiLibrary.Load(Environment.GetEnvironmentVariable(MpiLibrary.Variable), launcher);
        RefuseStrangers(launcher, library.IsOpenMpi, $"{library.Version} ({library.Path})");
        int level = 0;
        library.Check(library.InitThread(null, null, library.Handles.Serialized, &level), "MPI_Init_thread");
        handlers.Restore();
        var world = library.Handles.World;
        library.Check(library.SetErrorHandler(world, library.Handles.ErrorsReturn), "MPI_Comm_set_errhandler");
        int rank = 0, size = 0;
        library.Check(library.Rank(world, &rank), "MPI_Comm_rank");
        library.Check(library.Size(world, &size), "MPI_Comm_size");
        if (size != launcher.Size)
        {
            throw Failure(
                $"{launcher.Name} started {launcher.Size} processes, but {library.Version} ({library.Path}) connects {size}; start them "
                + $"with the launcher of that library, or set {MpiLibrary.Variable} to the launcher's own libmpi");
        }
        bool anyThread = level >= library.Handles.Serialized;
        var link = new MpiLink(library, world, rank, size, anyThread) { LocalRank = launcher.LocalRank };
        link.Hosts = Texts(link, Environment.MachineName);
        int[] groups = Groups(link.Hosts, Texts(link, TorchThreads.AllowedProcessors ?? ""));
        link.Cores = Cores(groups, [.. Texts(link, TorchThreads.Default.ToString(CultureInfo.InvariantCulture)).Select(int.Parse)]);
        link.Sharing = groups.Count(group => group == groups[link.Rank]);
        link.Leaders = Leaders(library, link, groups, anyThread);
        link.Limit = LimitOf(link);
        link.Pulse = PulseOf(link);
        return link;
    }

    /// <summary>Connects the first rank of each group; null on the others, which take part in this call all the same.</summary>
    private static MpiLink? Leaders(MpiLibrary library, MpiLink link, int[] groups, bool anyThread)
    {
        bool leads = groups[link.Rank] == link.Rank;
        nint leaders = 0;
        library.Check(library.Split(library.Handles.World, leads ? 0 : 1, link.Rank, &leaders), "MPI_Comm_split");
        if (!leads) return null;
        library.Check(library.SetErrorHandler(leaders, library.Handles.ErrorsReturn), "MPI_Comm_set_errhandler");
        int[] members = [.. groups.Distinct().Order()];
        return new MpiLink(library, leaders, Array.IndexOf(members, link.Rank), members.Length, anyThread)
        {
            Hosts = [.. members.Select(rank => link.Hosts[rank])],
        };
    }

    /// <summary>Refuses a launcher of one kind with a library of another: each process would be the only rank.</summary>
    internal static void RefuseStrangers(MpiLauncher launcher, bool isOpenMpi, string library)
    {
        if (launcher.Kind == MpiLauncherKind.Slurm || launcher.Kind == MpiLauncherKind.OpenMpi == isOpenMpi) return;
        throw Failure(
            $"{launcher.Name} started this process, and {library} cannot join its ranks; start it with that library's own launcher, or set "
            + $"{MpiLibrary.Variable} to the libmpi of {(isOpenMpi ? "MPICH" : "Open MPI")}");
    }

    /// <summary>The cores that each rank has for itself.</summary>
    /// <param name="groups">The group of each rank.</param>
    /// <param name="cores">The physical cores that each rank may use.</param>
    internal static int[] Cores(int[] groups, IReadOnlyList<int> cores) =>
        [.. cores.Select((own, rank) => Math.Max(1, own / groups.Count(group => group == groups[rank])))];

    /// <summary>The group of each rank, which is the number of its first rank: ranks of one machine that may use the same cores.</summary>
    /// <param name="hosts">The machine of each rank.</param>
    /// <param name="processors">The processors that each rank may use.</param>
    internal static int[] Groups(IReadOnlyList<string> hosts, IReadOnlyList<string> processors)
    {
        var places = hosts.Zip(processors).ToList();
        return [.. places.Select(place => places.IndexOf(place))];
    }

    /// <summary>Watches the other machines from the first rank, and its machine from the first rank of each other one.</summary>
    private static MpiPulse? PulseOf(MpiLink link)
    {
        if (link.Hosts.Distinct().Count() == 1) return null;
        var pulse = new MpiPulse(lost => link.Abort(
            $"rank {lost} on {link.Hosts[lost]} is cut off: its machine has not answered for {MpiPulse.Limit.TotalSeconds} s"));
        var invitation = Texts(link, link.Rank == 0 ? pulse.Listen() : "")[0];
        var own = link.Hosts[link.Rank];
        if (own != link.Hosts[0] && !link.Hosts.Take(link.Rank).Contains(own)) pulse.Join(invitation, link.Rank);
        return pulse;
    }

    /// <summary>The first rank's limit: launchers do not pass every variable on to other machines.</summary>
    private static TimeSpan LimitOf(MpiLink link)
    {
        long[] ticks = [link.Rank == 0 ? MpiWatch.LimitOf(Environment.GetEnvironmentVariable(MpiWatch.Variable)).Ticks : 0];
        link.Broadcast(MemoryMarshal.AsBytes(ticks.AsSpan()), 0);
        return TimeSpan.FromTicks(ticks[0]);
    }

    /// <summary>The text of each rank.</summary>
    internal static string[] Texts(MpiLink link, string text)
    {
        byte[] own = Encoding.UTF8.GetBytes(text);
        long[] lengths = new long[link.Size];
        lengths[link.Rank] = own.Length;
        link.Sum(lengths);
        int[] each = [.. lengths.Select(length => (int)length)];
        byte[] all = new byte[each.Sum()];
        link.Gather(own, all, each);
        int start = 0;
        return [.. each.Select(length => Encoding.UTF8.GetString(all, (start += length) - length, length))];
    }

    private static AutodidactException Failure(string message) => new(FailureKind.Environment, message);
}
