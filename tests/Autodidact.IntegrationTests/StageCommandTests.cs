using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.IntegrationTests;

public sealed class StageCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Do_One_Stage_Of_A_Run_Again_With_Other_Options()
    {
        var run = _folder["run"];
        Expect(0, SmallRun.Arguments(run));
        var encoder = SmallRun.Encoder(run);
        var student = SmallRun.Student(run);

        Expect(0, "cluster", run, "--clusters", "6");
        Assert.Equal(6, Options(run).Cluster.K);
        Assert.Contains("stage distill is not finished", Expect(2, "evaluate", run).Error, StringComparison.Ordinal);
        Expect(0, "distill", run, "--set", "distill.epochs=1");
        Assert.Contains("k = 6", Expect(0, "evaluate", run).Out, StringComparison.Ordinal);
        Assert.Equal(encoder, SmallRun.Encoder(run));
        Assert.NotEqual(student, SmallRun.Student(run));
        Assert.Contains("already finished", Expect(0, "run", "--out", run).Error, StringComparison.Ordinal);

        Assert.Contains("pretrain.epochs: 4 -> 5", Expect(2, "cluster", run, "--set", "pretrain.epochs=5").Error, StringComparison.Ordinal);
        Expect(3, "evaluate", run, "--on", _folder["nothing"]);
        Assert.Null(Options(run).Data.Evaluation);
    }

    private static RunOptions Options(string run)
    {
        using var directory = RunDirectory.Open(run);
        return directory.Record!.GetOptions<RunOptions>();
    }

    private (string Out, string Error) Expect(int status, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        return (cli.Out, cli.Error);
    }
}
