using Autodidact.Ranks.Mpi;

namespace Autodidact.Tests.Ranks;

public class MpiLauncherTests
{
    [Fact]
    public void Should_Find_None_Where_A_Process_Is_Started_Alone() => Assert.Null(Find());

    [Fact]
    public void Should_Know_The_Ranks_Of_Open_Mpi() => Assert.Equal(
        new MpiLauncher(MpiLauncherKind.OpenMpi, 5, 8, 1, MpiWay.Pmix),
        Find("OMPI_COMM_WORLD_RANK=5", "OMPI_COMM_WORLD_SIZE=8", "OMPI_COMM_WORLD_LOCAL_RANK=1", "PMIX_RANK=5"));

    [Fact]
    public void Should_Know_The_Ranks_Of_Mpich() => Assert.Equal(
        new MpiLauncher(MpiLauncherKind.Hydra, 3, 4, 2, MpiWay.Pmi),
        Find("PMI_RANK=3", "PMI_SIZE=4", "MPI_LOCALRANKID=2", "MPI_LOCALNRANKS=4", "PMI_FD=6"));

    [Theory]
    [InlineData("PMIX_RANK=2", MpiWay.Pmix)]
    [InlineData("PMI_RANK=2", MpiWay.Pmi)]
    [InlineData("PMI_FD=5", MpiWay.Pmi)]
    [InlineData("HOME=/", MpiWay.None)]
    public void Should_Know_The_Ranks_Of_Slurm_And_How_They_Find_Each_Other(string variable, object way) => Assert.Equal(
        new MpiLauncher(MpiLauncherKind.Slurm, 2, 16, 0, (MpiWay)way),
        Find("SLURM_STEP_ID=0", "SLURM_PROCID=2", "SLURM_STEP_NUM_TASKS=16", "SLURM_LOCALID=0", variable));

    // There the job's variables tell of ranks that are yet to be started.
    [Fact]
    public void Should_Take_A_Batch_Script_For_No_Rank() => Assert.Null(
        Find("SLURM_JOB_ID=7", "SLURM_NTASKS=16", "SLURM_PROCID=0", "SLURM_LOCALID=0"));

    [Fact]
    public void Should_Know_Launchers_That_Slurm_Started_Themselves()
    {
        string[] step = ["SLURM_STEP_ID=0", "SLURM_PROCID=1", "SLURM_STEP_NUM_TASKS=2", "SLURM_LOCALID=0"];
        Assert.Equal(
            new MpiLauncher(MpiLauncherKind.Hydra, 7, 8, 3, MpiWay.Pmi),
            Find([.. step, "PMI_RANK=7", "PMI_SIZE=8", "MPI_LOCALRANKID=3", "MPI_LOCALNRANKS=4"]));
        Assert.Equal(
            new MpiLauncher(MpiLauncherKind.OpenMpi, 7, 8, 3, MpiWay.Pmix),
            Find([.. step, "OMPI_COMM_WORLD_RANK=7", "OMPI_COMM_WORLD_SIZE=8", "OMPI_COMM_WORLD_LOCAL_RANK=3"]));
    }

    [Theory]
    [InlineData("0", "1")]
    [InlineData("0", "")]
    [InlineData("2", "2")]
    [InlineData("-1", "2")]
    [InlineData("x", "2")]
    public void Should_Find_None_Where_One_Process_Is_All_Or_The_Numbers_Make_No_Sense(string rank, string size) =>
        Assert.Null(Find($"OMPI_COMM_WORLD_RANK={rank}", $"OMPI_COMM_WORLD_SIZE={size}"));

    private static MpiLauncher? Find(params string[] variables)
    {
        var values = variables.Select(variable => variable.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        return MpiLauncher.Find(name => values.GetValueOrDefault(name));
    }
}
