using Autodidact.Ranks.Mpi;

namespace Autodidact.Tests.Ranks;

public class MpiLibraryTests
{
    private static readonly MpiLauncher Launcher = new(MpiLauncherKind.OpenMpi, 0, 2, 0, MpiWay.Pmix);

    [Theory]
    [InlineData("Open MPI v4.1.4", true, false, MpiFamily.OpenMpi)]
    [InlineData("Open MPI v6.0.0", true, true, MpiFamily.Abi)]
    [InlineData("MPICH 4.0.2", false, false, MpiFamily.Mpich)]
    [InlineData("MPICH 5.0.0", false, true, MpiFamily.Abi)]
    [InlineData("Intel(R) MPI Library 2021.9 for Linux* OS", false, false, MpiFamily.Mpich)]
    [InlineData("MVAPICH2 2.3.7", false, false, MpiFamily.Mpich)]
    [InlineData("MPI VERSION : CRAY MPICH version 8.1.25", false, false, MpiFamily.Mpich)]
    [InlineData("Something else", false, false, null)]
    public void Should_Tell_The_Families_Apart(string version, bool symbols, bool abi, object? family) =>
        Assert.Equal((MpiFamily?)family, MpiLibrary.Detect(symbols, abi, version));

    [Theory]
    [InlineData("MPICH Version:\t4.0.2\nMPICH Release date:\tThu", "MPICH 4.0.2")]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4", "Open MPI v4.1.4")]
    public void Should_Show_The_Version_Without_The_Build(string text, string shown) => Assert.Equal(shown, MpiLibrary.OneLine(text));

    [Fact]
    public void Should_First_Try_Libraries_That_Find_The_Ranks_In_The_Launchers_Way()
    {
        Assert.Equal("libmpi.so.40", MpiLibrary.Names(MpiWay.Pmix, mac: false).First());
        Assert.Equal(["libmpi.so.12", "libmpich.so.12"], MpiLibrary.Names(MpiWay.Pmi, mac: false).Take(2));
        Assert.All(MpiLibrary.Names(MpiWay.Pmix, mac: true), name => Assert.EndsWith(".dylib", name));
    }

    [Theory]
    [InlineData("libno-such-library.so", "MPI_LIBRARY names libno-such-library.so, which does not load: ")]
    [InlineData("libc.so.6", "libc.so.6 lacks MPI_Error_string; set MPI_LIBRARY to ")]
    public void Should_Say_What_Is_Wrong_With_A_Named_Library(string name, string message)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the names are those of Linux");
        var error = Assert.Throws<AutodidactException>(() => MpiLibrary.Load(name, Launcher));
        Assert.StartsWith(message, error.Message);
        Assert.Equal(FailureKind.Environment, error.Kind);
    }

    [Theory]
    [InlineData(MpiLauncherKind.OpenMpi, "mpirun of Open MPI started 2 processes", "install Open MPI (Debian, Ubuntu: openmpi-bin)")]
    [InlineData(MpiLauncherKind.Hydra, "mpirun of MPICH started 2 processes", "install MPICH (Debian, Ubuntu: mpich)")]
    [InlineData(MpiLauncherKind.Slurm, "srun started 2 processes", "install Open MPI or MPICH")]
    public void Should_Say_What_To_Install_Where_No_Library_Is_Found(object kind, string launcher, string remedy)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no dlopen");
        var error = Assert.Throws<AutodidactException>(() =>
            MpiLibrary.First(["libno-such-library.so"], Launcher with { Kind = (MpiLauncherKind)kind }));
        Assert.StartsWith(launcher, error.Message);
        Assert.Contains(remedy, error.Message);
        Assert.Equal(FailureKind.Environment, error.Kind);
    }

    [Fact]
    public void Should_Take_Addresses_For_The_Constants_Of_Open_Mpi_Alone()
    {
        var asked = new List<string>();
        var handles = MpiHandles.Of(MpiFamily.OpenMpi, name =>
        {
            asked.Add(name);
            return asked.Count;
        });
        Assert.Equal(["ompi_mpi_comm_world", "ompi_mpi_byte", "ompi_mpi_errors_return"], asked);
        Assert.Equal((1, 2, 3), (handles.World, handles.Byte, handles.ErrorsReturn));
        Assert.Equal(0x44000000, MpiHandles.Of(MpiFamily.Mpich, _ => throw new InvalidOperationException()).World);
        Assert.Equal(0x101, MpiHandles.Of(MpiFamily.Abi, _ => throw new InvalidOperationException()).World);
    }
}
