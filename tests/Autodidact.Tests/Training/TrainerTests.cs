using Autodidact.Evaluation;
using Autodidact.Runs;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Pretraining;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-trainer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(OptimizerKind.Sgd, 1)]
    [InlineData(OptimizerKind.AdamW, 1)]
    [InlineData(OptimizerKind.Lars, 1)]
    [InlineData(OptimizerKind.Sgd, 3)]
    public void Should_End_In_The_Same_Bits_However_Often_It_Is_Stopped(OptimizerKind kind, int accumulation)
    {
        var options = TinyProblem.Options(kind: kind, accumulation: accumulation);
        var whole = Train(options);
        foreach (var stop in new[] { 1, 4, 8, 11 })
        {
            Stop(options, stop);
        }

        Assert.Equal(whole, Train(options, new CheckpointStore(_folder, "pretrain")));
    }

    [Fact]
    public void Should_Not_Depend_On_The_Number_Of_View_Workers()
    {
        Assert.Equal(Train(TinyProblem.Options()), Train(TinyProblem.Options() with { ViewWorkers = 3 }));
    }

    [Fact]
    public void Should_End_Elsewhere_With_Another_Seed()
    {
        Assert.NotEqual(Train(TinyProblem.Options()), Train(TinyProblem.Options() with { Seed = 12 }));
    }

    [Fact]
    public void Should_Use_The_Checkpoint_Before_A_Torn_One()
    {
        var options = TinyProblem.Options();
        Stop(options, 4);
        Stop(options, 8);
        var newest = Directory.GetFiles(_folder).Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(newest);
        bytes[^20] ^= 1;
        File.WriteAllBytes(newest, bytes);
        var notices = new List<string>();
        var objective = TinyProblem.Objective();
        using (objective)
        {
            using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, options)
            {
                Checkpoints = new CheckpointStore(_folder, "pretrain"),
                Notice = notices.Add,
            };
            trainer.Run(TestContext.Current.CancellationToken);
            Assert.Contains(notices, n => n.Contains("not whole", StringComparison.Ordinal));
            Assert.Equal(Train(options), TinyProblem.Bits(objective));
        }
    }

    [Fact]
    public void Should_Not_Go_On_From_A_Checkpoint_Of_Other_Inputs()
    {
        var options = TinyProblem.Options();
        Stop(options, 8);
        var resumed = -1L;
        using var objective = TinyProblem.Objective();
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, options)
        {
            Checkpoints = new CheckpointStore(_folder, "pretrain", "other pseudo-labels"),
            Resumed = step => resumed = step,
        };
        trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal(0, resumed);
        Assert.Equal(Train(options), TinyProblem.Bits(objective));
    }

    [Fact]
    public void Should_Resume_An_Objective_That_Uses_Every_Hook()
    {
        Dictionary<string, string> whole;
        using (var objective = new HookObjective())
        {
            using var trainer = Hooked(objective, null, null);
            trainer.Run(TestContext.Current.CancellationToken);
            whole = TinyProblem.Bits(objective);
            Assert.Equal((3, 12, 12), (objective.Epochs, objective.Before, objective.After));
        }

        foreach (var stop in new[] { 3, 5, 9 })
        {
            using var source = new CancellationTokenSource();
            using var objective = new HookObjective();
            using var trainer = Hooked(objective, p => { if (p.Step >= stop) source.Cancel(); }, new CheckpointStore(_folder, "hooks"));
            Assert.Throws<OperationCanceledException>(() => trainer.Run(source.Token));
        }

        using var last = new HookObjective();
        using var end = Hooked(last, null, new CheckpointStore(_folder, "hooks"));
        end.Run(TestContext.Current.CancellationToken);
        Assert.Equal(whole, TinyProblem.Bits(last));
    }

    [Theory]
    [InlineData(1, new[] { 0, 1, 2 })]
    [InlineData(5, new[] { 1, 2 })]
    [InlineData(100, new[] { 2 })]
    public void Should_Watch_Short_Epochs_Together_And_Always_The_Last(int everySteps, int[] epochs)
    {
        // 4 steps an epoch.
        var seen = new List<int>();
        using var objective = new NaNObjective { BadStep = -1 };
        using var trainer = new Trainer(
            objective, TinyProblem.ImageSet(), TinyProblem.Positions[..32], TinyProblem.Options() with { ObserveEverySteps = everySteps })
        {
            Observers = [new Witness(seen)],
        };
        trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal(epochs, seen);
    }

    [Fact]
    public void Should_Keep_No_Tensor_From_Step_To_Step()
    {
        using var objective = TinyProblem.Objective();
        var counts = new List<long>();
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options(steps: 100))
        {
            Progress = _ => counts.Add(Tensor.TotalCount),
        };

        // The finalizer must be done with earlier tests' objects before anything is counted.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal(100, counts.Count);
        Assert.Equal(counts[10], counts[^1]);
    }

    [Fact]
    public void Should_Stop_With_One_Line_When_The_Loss_Is_Not_Finite()
    {
        using var objective = new NaNObjective();
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options());
        var failure = Assert.Throws<AutodidactException>(() => trainer.Run(TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Training, failure.Kind);
        Assert.Contains("step 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Begin_Each_Phase_With_A_Schedule_And_Momentum_Of_Its_Own()
    {
        using var objective = new NaNObjective { BadStep = -1, Phases = [new("one", 0.5), new("two", 0.5)] };
        var rates = new List<double>();
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options())
        {
            Progress = p => rates.Add(p.LearningRate),
        };
        trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal([0, 1], objective.Begun);
        Assert.Equal(rates[..6], rates[6..]);
    }

    [Fact]
    public void Should_Carry_No_Gathered_Gradient_Into_The_Next_Phase()
    {
        using var objective = new NaNObjective { BadStep = -1, Phases = [new("one", 0.5), new("two", 0.5)] };
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options(accumulation: 4));
        trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal([4, 6, 10, 12], objective.Updates);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 6)]
    [InlineData(3, 6)]
    public void Should_Leave_Weights_That_No_Loss_Reaches_As_They_Are(int accumulation, int reachedBefore)
    {
        // Decay and momentum would move them, had they a gradient of zeros: never reached, or not since the last update.
        using var objective = new HookObjective();
        using var half = new HalfObjective(objective) { WholeSteps = reachedBefore };
        using var trainer = new Trainer(
            half, TinyProblem.ImageSet(), TinyProblem.Positions[..32], TinyProblem.Options(accumulation: accumulation));
        trainer.Run(TestContext.Current.CancellationToken);
        var moved = half.AtTheTurn!.Moved(ObjectiveProbe.Bits(half.Network));
        Assert.DoesNotContain(
            moved, name => name.StartsWith("layer4", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal));
        Assert.Contains("layer1.0.conv1.weight", moved);
    }

    [Fact]
    public void Should_Measure_Each_Point_In_Its_Phase()
    {
        using var objective = new NaNObjective { BadStep = -1, Phases = [new("one", 0.3), new("two", 0.7)] };
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options(steps: 3));
        Assert.Equal(4, trainer.MeasureSecondsPerStep(
            [0, 0.29, 0.3, 0.9], stepsEach: 1, cancellationToken: TestContext.Current.CancellationToken).Length);
        Assert.Equal([0, 0, 1, 1], objective.Begun);
    }

    [Fact]
    public void Should_Count_The_Starts_Of_Epochs_Among_What_A_Step_Costs()
    {
        const double Start = 0.25;
        using var objective = new HookObjective { AtEpoch = () => Thread.Sleep(TimeSpan.FromSeconds(Start)) };
        using var trainer = Hooked(objective, progress: null, store: null);

        // Features are made up for it: the pass over the images is counted elsewhere, as forward passes.
        var seconds = trainer.MeasureOverheadPerStep(_folder);
        Assert.Equal(8, objective.Epochs);
        Assert.InRange(seconds, Start / Trainer.StepsPerEpoch(32, TinyProblem.Options().BatchSize), double.MaxValue);
    }

    [Theory]
    [InlineData("deepcluster", "targets")]
    [InlineData("deepcluster-v2", "assignments")]
    public void Should_Cluster_When_The_Start_Of_An_Epoch_Is_Measured(string method, string clusters)
    {
        using var objective = TinyPretraining.Objective(method);
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options());
        var before = ObjectiveProbe.Digest(objective.State[clusters]);
        trainer.MeasureOverheadPerStep(_folder);
        Assert.NotEqual(before, ObjectiveProbe.Digest(objective.State[clusters]));
    }

    [Fact]
    public void Should_Refuse_A_Set_Too_Small_To_Contrast()
    {
        using var objective = TinyProblem.Objective();
        var failure = Assert.Throws<AutodidactException>(() => new Trainer(objective, TinyProblem.ImageSet(), [0], TinyProblem.Options()));
        Assert.Equal(FailureKind.Data, failure.Kind);
    }

    private static Trainer Hooked(HookObjective objective, Action<TrainingProgress>? progress, CheckpointStore? store) =>
        new(objective, TinyProblem.ImageSet(), TinyProblem.Positions[..32], TinyProblem.Options())
        {
            Progress = progress,
            Checkpoints = store,
            Features = model => FeatureExtractor.Extract(
                model, new PlainPixels(TinyProblem.ImageSet(), 16, PixelNormalization.Cifar10), TinyProblem.Positions[..32], 16),
        };

    /// <summary>Trains the whole of a network for some steps, then its shallow half.</summary>
    private sealed class HalfObjective(HookObjective whole) : IObjective
    {
        private int _step;

        public int WholeSteps { get; init; }

        /// <summary>The weights where the half begins.</summary>
        public Dictionary<string, string>? AtTheTurn { get; private set; }

        public string Name => "half";

        public nn.Module Network => whole.Network;

        public IReadOnlyList<ParameterGroup> ParameterGroups => [ParameterGroup.Of(whole.Network)];

        public ViewSpec Views(double progress) => whole.Views(progress);

        public ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
        {
            var network = (Autodidact.Models.Backbone)whole.Network;
            if (_step == WholeSteps) AtTheTurn = network.Bits();
            var features = _step++ < WholeSteps ? network.call(batch.Views.View(0)) : network.ForwardStage(
                1, network.ForwardStage(0, batch.Views.View(0)));
            return new ObjectiveLoss(features.square().mean(), new Dictionary<string, Tensor>());
        }

        public void Dispose()
        {
        }
    }

    private sealed class Witness(List<int> seen) : ITrainingObserver
    {
        public IReadOnlyDictionary<string, double> EpochEnded(int epoch)
        {
            seen.Add(epoch);
            return new Dictionary<string, double>();
        }
    }

    private static Dictionary<string, string> Train(TrainerOptions options, CheckpointStore? store = null)
    {
        using var objective = TinyProblem.Objective();
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, options) { Checkpoints = store };
        trainer.Run(TestContext.Current.CancellationToken);
        return TinyProblem.Bits(objective);
    }

    private void Stop(TrainerOptions options, long atStep)
    {
        using var stop = new CancellationTokenSource();
        using var objective = TinyProblem.Objective();
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, options)
        {
            Checkpoints = new CheckpointStore(_folder, "pretrain"),
            Progress = p =>
            {
                if (p.Step >= atStep)
                {
                    stop.Cancel();
                }
            },
        };
        Assert.Throws<OperationCanceledException>(() => trainer.Run(stop.Token));
    }
}
