namespace Autodidact.Ranks.Mpi;

/// <summary>
/// The constants of <c>mpi.h</c> that calls need. Each is passed as wide as a pointer. A library that takes 32 bits reads the low half.
/// </summary>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Byte">MPI_BYTE.</param>
/// <param name="ErrorsReturn">MPI_ERRORS_RETURN.</param>
/// <param name="InPlace">MPI_IN_PLACE.</param>
/// <param name="IgnoreStatus">MPI_STATUS_IGNORE.</param>
/// <param name="Serialized">MPI_THREAD_SERIALIZED: one thread at a time.</param>
internal sealed record MpiHandles(nint World, nint Byte, nint ErrorsReturn, nint InPlace, nint IgnoreStatus, int Serialized)
{
    /// <summary>The constants of a family.</summary>
    /// <param name="family">Whose they are.</param>
    /// <param name="symbol">The address of a symbol of the library. Only Open MPI needs it.</param>
    public static MpiHandles Of(MpiFamily family, Func<string, nint> symbol) => family switch
    {
        // A constant of Open MPI is the address itself, and not what lies there.
        MpiFamily.OpenMpi => new(
            symbol("ompi_mpi_comm_world"), symbol("ompi_mpi_byte"), symbol("ompi_mpi_errors_return"), InPlace: 1, IgnoreStatus: 0, 2),
        MpiFamily.Mpich => new(0x44000000, 0x4c00010d, 0x54000001, InPlace: -1, IgnoreStatus: 1, 2),
        _ => new(0x101, 0x247, 0x143, InPlace: 1, IgnoreStatus: 0, 2048),
    };
}
