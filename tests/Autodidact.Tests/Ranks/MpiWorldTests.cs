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
    public void Should_Join_Nobody_Where_No_Launcher_Started_This_Process()
    {
        Assert.SkipUnless(MpiLauncher.Find() is null, "a launcher started these tests");
        Assert.Null(MpiWorld.Join());
    }
}
