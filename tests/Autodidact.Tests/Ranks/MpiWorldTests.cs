using Autodidact.Ranks.Mpi;

namespace Autodidact.Tests.Ranks;

public class MpiWorldTests
{
    [Theory]
    [InlineData(MpiLauncherKind.OpenMpi, false, "mpirun of Open MPI", "MPI_LIBRARY to the libmpi of Open MPI")]
    [InlineData(MpiLauncherKind.Hydra, true, "mpirun of MPICH", "MPI_LIBRARY to the libmpi of MPICH")]
    public void Should_Refuse_A_Launcher_Of_One_Kind_With_A_Library_Of_The_Other(
        object kind, bool isOpenMpi, string launcher, string remedy)
    {
        var error = Assert.Throws<AutodidactException>(() =>
            MpiWorld.RefuseStrangers(new((MpiLauncherKind)kind, 0, 2, 0, MpiWay.Pmix), isOpenMpi, "Other MPI 1.0 (libmpi.so)"));
        Assert.StartsWith($"{launcher} started this process, and Other MPI 1.0 (libmpi.so) cannot join its ranks", error.Message);
        Assert.EndsWith(remedy, error.Message);
        Assert.Equal(FailureKind.Environment, error.Kind);
    }

    [Theory]
    [InlineData(MpiLauncherKind.OpenMpi, true)]
    [InlineData(MpiLauncherKind.Hydra, false)]
    [InlineData(MpiLauncherKind.Slurm, true)]
    [InlineData(MpiLauncherKind.Slurm, false)]
    public void Should_Let_A_Launcher_Start_Its_Own_Library_And_Slurm_Any(object kind, bool isOpenMpi) =>
        MpiWorld.RefuseStrangers(new((MpiLauncherKind)kind, 0, 2, 0, MpiWay.Pmix), isOpenMpi, "MPI");

    [Fact]
    public void Should_Give_Each_Rank_Its_Part_Of_The_Cores_That_It_Shares()
    {
        // Two ranks share 8 cores of a, one has 4 of b for itself, and three share 2 of b.
        string[] hosts = ["a", "a", "b", "b", "b", "b"];
        string[] processors = ["0-7", "0-7", "4-7", "0-1", "0-1", "0-1"];
        var groups = MpiWorld.Groups(hosts, processors);
        Assert.Equal([0, 0, 2, 3, 3, 3], groups);
        Assert.Equal([4, 4, 4, 1, 1, 1], MpiWorld.Cores(groups, [8, 8, 4, 2, 2, 2]));
    }

    [Fact]
    public void Should_Join_Nobody_Where_No_Launcher_Started_This_Process()
    {
        Assert.SkipUnless(MpiLauncher.Find() is null, "a launcher started these tests");
        Assert.Null(MpiWorld.Join());
    }
}
