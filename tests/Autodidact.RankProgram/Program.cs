using Autodidact;
using Autodidact.RankProgram;
using Autodidact.Ranks.Mpi;

// One rank of those that mpirun starts for the tests: dotnet Autodidact.RankProgram.dll CHECK
MpiLink? link = null;
try
{
    link = MpiWorld.Join();
    if (link is null)
    {
        Console.WriteLine("alone");
        return 0;
    }
    Checks.Run(args[0], link, args[1..]);
    Console.WriteLine($"rank {link.Rank} of {link.Size} done");
    link.Dispose();
    return 0;
}
catch (AutodidactException error)
{
    if (link is not null) link.Abort(error.Message, (int)error.Kind);
    Console.Error.WriteLine($"error: {error.Message}");
    return (int)error.Kind;
}
