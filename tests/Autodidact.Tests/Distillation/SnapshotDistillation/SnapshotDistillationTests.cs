using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Tests.Training;
using Autodidact.Training;

namespace Autodidact.Tests.Distillation;

public sealed class SnapshotDistillationTests : IDisposable
{
    private const string Prefix = "snapshot.";

    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-snapshot-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Be_Taught_By_What_The_Cycle_Before_Ended_With()
    {
        using var student = TinyDistillation.Student();
        using var objective = TinyDistillation.Objective("snapshot", student);
        var (start, ends) = (student.Bits(), new Dictionary<long, Dictionary<string, string>> { [0] = student.Bits() });
        ObjectiveProbe.Train(
            objective,
            p =>
            {
                // Cycles of 3 steps: the snapshot of steps 4 to 6 is the student after step 3, batch statistics and all.
                Assert.Equal(ends[p.Step <= 3 ? 0 : (p.Step - 1) / 3 * 3], Snapshot(objective));
                Assert.Equal(p.Step > 3, p.Metrics.ContainsKey("soft"));
                ends[p.Step] = student.Bits();
            },
            token: Token);
        Assert.NotEmpty(start.Moved(ends[3]));
        Assert.NotEmpty(ends[3].Moved(ends[6]));
    }

    [Fact]
    public void Should_Train_And_Save_The_Snapshot_As_State_Alone()
    {
        using var objective = TinyDistillation.Objective("snapshot");
        Assert.All(
            objective.ParameterGroups.SelectMany(g => g.Parameters), p => Assert.StartsWith("student.", p.Name, StringComparison.Ordinal));
        Assert.All(objective.Network.NamedState(), s => Assert.StartsWith("student.", s.Key, StringComparison.Ordinal));
        ObjectiveProbe.Train(objective, token: Token);
        Assert.All(objective.State.Values, s => Assert.True(s.grad is null && !s.requires_grad));
        Assert.Equal(objective.Network.NamedState().Count + 1, objective.State.Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(11)]
    public void Should_Keep_The_Snapshot_Over_A_Stop(int stop)
    {
        var snapshots = new Dictionary<long, Dictionary<string, string>>();
        using var whole = TinyDistillation.Objective("snapshot");
        ObjectiveProbe.Train(whole, p => snapshots[p.Step] = Snapshot(whole), token: Token);

        using (var source = new CancellationTokenSource())
        {
            using var stopped = TinyDistillation.Objective("snapshot");
            Assert.Throws<OperationCanceledException>(() => ObjectiveProbe.Train(
                stopped,
                p =>
                {
                    if (p.Step == stop) source.Cancel();
                },
                new CheckpointStore(_folder, "distill"),
                token: source.Token));
        }

        var first = 0L;
        using var resumed = TinyDistillation.Objective("snapshot");
        ObjectiveProbe.Train(
            resumed,
            p =>
            {
                first = first == 0 ? p.Step : first;
                Assert.Equal(snapshots[p.Step], Snapshot(resumed));
            },
            new CheckpointStore(_folder, "distill"),
            token: Token);
        Assert.Equal(stop + 1, first);
        Assert.Equal(TinyProblem.Bits(whole), TinyProblem.Bits(resumed));
    }

    [Fact]
    public void Should_Learn_Within_Each_Cycle()
    {
        var losses = new List<double>();
        using var objective = TinyDistillation.Objective(
            "snapshot", o => o with { Methods = o.Methods.With(new SnapshotDistillationOptions { Cycles = 2 }) });
        ObjectiveProbe.Train(objective, p => losses.Add(p.Metrics["hard"]), steps: 20, token: Token);
        Assert.True(losses[8..10].Average() < losses[..2].Average());
        Assert.True(losses[18..].Average() < losses[8..10].Average());
    }

    private static Dictionary<string, string> Snapshot(IObjective objective) =>
        objective.State.Where(s => s.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(s => s.Key[Prefix.Length..], s =>
            ObjectiveProbe.Digest(s.Value));
}
