using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Pipeline;

public sealed class RunBesideTests : IDisposable
{
    private static readonly Stage[] Copied = [Stage.Pretrain, Stage.Cluster, Stage.Distill];
    private readonly ScratchFolder _scratch = new();
    private readonly RunRequest _request = new() { Set = ["data.source=synthetic"] };

    public RunBesideTests()
    {
        using var run = RunDirectory.Acquire(_scratch["run"]);
        run.Write(new RunRecord
        {
            Seed = 1,
            Request = OptionJson.ToJson(_request),
            Options = OptionJson.ToJson(RunOptions.Resolve(_request)),
        });
        foreach (var stage in Copied)
        {
            var file = Path.Combine(run.Paths.Root, stage.Key() + ".safetensors");
            File.WriteAllText(file, stage.Key());
            run.Complete(stage.Key(), "inputs of " + stage.Key(), TimeSpan.Zero, file);
        }
    }

    private RunRequest Asked => _request with { Set = [.. _request.Set, $"data.evaluation={_scratch["other"]}"] };

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Copy_The_Rest_Where_A_Process_Was_Killed_While_It_Copied()
    {
        Assert.True(RunBeside.Make(_scratch["run"], Asked, _scratch["beside"]));
        Assert.False(RunBeside.Make(_scratch["run"], Asked, _scratch["beside"]));
        using (var half = RunDirectory.Acquire(_scratch["beside"]))
        {
            half.Write(half.Record!.Without("cluster").Without("distill"));
        }

        File.Delete(Path.Combine(_scratch["beside"], "distill.safetensors"));
        Assert.True(RunBeside.Make(_scratch["run"], Asked, _scratch["beside"]));
        using var beside = RunDirectory.Open(_scratch["beside"]);
        Assert.All(Copied, stage => Assert.True(beside.IsComplete(stage.Key(), "inputs of " + stage.Key())));
    }

    [Fact]
    public void Should_Leave_An_Unfinished_Run_Of_Other_Options_Alone()
    {
        using (var other = RunDirectory.Acquire(_scratch["beside"]))
        {
            other.Write(new RunRecord { Seed = 1, Options = OptionJson.ToJson(new RunOptions { Seed = 7 }) });
        }

        Assert.False(RunBeside.Make(_scratch["run"], Asked, _scratch["beside"]));
        Assert.Empty(Directory.GetFiles(_scratch["beside"], "*.safetensors"));
    }
}
