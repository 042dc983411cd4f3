namespace Autodidact.Ranks.Mpi;

/// <summary>Libraries that agree in the values of their constants.</summary>
internal enum MpiFamily
{
    /// <summary>Open MPI: constants are addresses of its own symbols.</summary>
    OpenMpi,

    /// <summary>MPICH, and what is made of it: Intel MPI, MVAPICH, Cray MPICH. Constants are 32-bit numbers.</summary>
    Mpich,

    /// <summary>The common binary interface of MPI 5, which either kind can offer. Constants are small numbers.</summary>
    Abi,
}
