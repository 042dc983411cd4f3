using System.Globalization;

namespace Autodidact.Ranks.Mpi;

/// <summary>The programs that start ranks.</summary>
internal enum MpiLauncherKind
{
    /// <summary><c>mpirun</c> of Open MPI.</summary>
    OpenMpi,

    /// <summary><c>mpirun</c> of MPICH, Intel MPI and MVAPICH.</summary>
    Hydra,

    /// <summary><c>srun</c> of Slurm.</summary>
    Slurm,
}

/// <summary>The ways in which a launcher lets its processes find each other.</summary>
internal enum MpiWay
{
    /// <summary>None: <c>srun</c> without <c>--mpi</c>.</summary>
    None,

    /// <summary>PMI or PMI-2, as MPICH uses.</summary>
    Pmi,

    /// <summary>PMIx, as Open MPI uses.</summary>
    Pmix,
}

/// <summary>The program that started this process as one rank of several, as the variables say that it leaves.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Rank">This process's number, from 0.</param>
/// <param name="Size">The number of processes.</param>
/// <param name="LocalRank">This process's number on its machine, from 0.</param>
/// <param name="Way">How the process finds the others.</param>
internal sealed record MpiLauncher(MpiLauncherKind Kind, int Rank, int Size, int LocalRank, MpiWay Way)
{
    /// <summary>Its name, for people.</summary>
    public string Name => Kind switch
    {
        MpiLauncherKind.OpenMpi => "mpirun of Open MPI",
        MpiLauncherKind.Hydra => "mpirun of MPICH",
        _ => "srun",
    };

    /// <summary>The launcher of this process; null where it was started alone.</summary>
    public static MpiLauncher? Find() => Find(Environment.GetEnvironmentVariable);

    /// <summary>The launcher that left these variables; null where none did, or where it started one process.</summary>
    /// <param name="variable">The value of a variable by its name.</param>
    public static MpiLauncher? Find(Func<string, string?> variable)
    {
        var found = OpenMpi() ?? Slurm() ?? Hydra();
        return found is { Size: > 1 } ? found : null;

        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

        MpiLauncher? Ranks(MpiLauncherKind kind, string rank, string size, string local, MpiWay way) =>
            Number(rank) is { } own && Number(size) is { } all && own < all ? new(kind, own, all, Number(local) ?? 0, way) : null;

        MpiLauncher? OpenMpi() =>
            Ranks(MpiLauncherKind.OpenMpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", MpiWay.Pmix);

        MpiLauncher? Hydra() => Ranks(MpiLauncherKind.Hydra, "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", MpiWay.Pmi);

        // In a batch script and under salloc there are a job's variables and no step. MPICH's mpirun starts its helpers by srun, and they
        // leave the step's variables to the ranks, beside its own.
        MpiLauncher? Slurm() => variable("SLURM_STEP_ID") is null || variable("MPI_LOCALNRANKS") is not null
            ? null
            : Ranks(
                MpiLauncherKind.Slurm, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID",
                variable("PMIX_RANK") is not null ? MpiWay.Pmix
                : variable("PMI_RANK") is not null || variable("PMI_FD") is not null ? MpiWay.Pmi
                : MpiWay.None);
    }
}
