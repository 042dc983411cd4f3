namespace Autodidact.Ranks.Mpi;

/// <summary>The things that ranks do together.</summary>
internal enum MpiCall
{
    Start,
    Sum,
    Gather,
    Broadcast,
    Meeting,
    End,
}
