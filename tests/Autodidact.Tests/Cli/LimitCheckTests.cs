using Autodidact.Cli.Startup;

namespace Autodidact.Tests.Cli;

public class LimitCheckTests
{
    [Theory]
    [InlineData("run", true)]
    [InlineData("experiment", true)]
    [InlineData("predict", true)]
    [InlineData("search", true)]
    [InlineData("report", true)]
    [InlineData("doctor", false)]
    [InlineData("--version", false)]
    [InlineData("run --help", false)]
    public void Should_Compare_Address_Space_Only_Where_Native_Libraries_Are_Loaded(string commandLine, bool refused) =>
        Assert.Equal(refused, LimitCheck.Problem(commandLine.Split(' '), null, 1L << 30) is not null);

    [Fact]
    public void Should_Ask_More_For_Training_Than_For_An_Exported_Model()
    {
        var between = (ResourceLimits.Prediction + ResourceLimits.Training) / 2;
        Assert.Null(LimitCheck.Problem(["predict"], null, between));
        var problem = LimitCheck.Problem(["run"], null, between);
        Assert.Contains("training needs", problem);
        Assert.Contains($"ulimit -v {(ResourceLimits.Training >> 10) + 1}", problem);
        Assert.Null(LimitCheck.Problem(["run"], null, ResourceLimits.Training));
    }

    [Fact]
    public void Should_Refuse_Every_Command_With_Too_Few_Open_Files()
    {
        Assert.Contains("48 files", LimitCheck.Problem([], 48, null));
        Assert.Contains("127 files", LimitCheck.Problem(["doctor"], ResourceLimits.LeastOpenFiles - 1, null));
        Assert.Null(LimitCheck.Problem(["run"], ResourceLimits.LeastOpenFiles, null));
        Assert.Null(LimitCheck.Problem(["run"], null, null));
    }
}
