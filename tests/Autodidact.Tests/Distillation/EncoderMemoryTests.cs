using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Pipeline;
using Autodidact.Tests.Training;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

/// <summary>Methods that run the encoder beside the student and remember what it said: CompRess and SEED.</summary>
public sealed class EncoderMemoryTests : IDisposable
{
    private static readonly Dictionary<string, Func<DistillOptions, DistillOptions>> Variants = new()
    {
        ["compress"] = o => o,
        ["compress, two memories"] = o =>
            o with { Methods = o.Methods.With<CompRessOptions>(m => m with { Queues = CompRessQueues.Two, Momentum = 0.9, Memory = 24 }) },
        ["compress, two memories, deepest alone"] = o =>
            o with { EveryExit = false, Methods = o.Methods.With<CompRessOptions>(m => m with { Queues = CompRessQueues.Two }) },
        ["compress, deepest alone"] = o => o with { EveryExit = false },
        ["seed"] = o => o with { Methods = o.Methods.With<SeedDistillationOptions>(m => m with { Queue = 12 }) },
        ["seed, linear, deepest alone"] = o => o with
        {
            EveryExit = false,
            Methods = o.Methods.With<SeedDistillationOptions>(m => m with { Projection = SeedProjection.Linear }),
        },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-distill-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names() => [.. Variants.Keys];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Should_Learn_Stop_And_End_In_The_Same_Bits(string variant)
    {
        var losses = Resuming.AssertSameBits(() => Make(variant, TinyDistillation.Student()), _folder, 1, Token);

        // A student's memory begins with features of the evaluation mode: only where that has left it are losses of one kind.
        var first = variant.Contains("two", StringComparison.Ordinal) ? losses[6..8] : losses[..2];
        Assert.True(losses[^2..].Average() < first.Average(), string.Join(' ', losses));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Should_Leave_The_Teacher_As_It_Was(string variant)
    {
        var encoder = TinyDistillation.Encoder();
        using var before = TinyDistillation.Encoder();
        using var objective = Make(variant, TinyDistillation.Student(), encoder);
        Run(objective, steps: 3);
        Assert.False(encoder.training);
        Assert.All(encoder.parameters(), p => Assert.True(p.grad is null));
        var old = before.NamedState();
        Assert.All(encoder.NamedState(), s => Assert.True(s.Value.equal(old[s.Key]).all().item<bool>(), s.Key));
        Assert.DoesNotContain(objective.Network.NamedState().Keys, name => name.Contains("encoder", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("compress", "teacher_memory", 40)]
    [InlineData("compress, two memories", "teacher_memory", 24)]
    [InlineData("compress, two memories", "memory_3", 24)]
    [InlineData("compress, two memories, deepest alone", "memory_0", 40)]
    [InlineData("seed", "queue", 12)]
    public void Should_Remember_The_Last_Images_As_Directions(string variant, string name, int size)
    {
        using var scope = NewDisposeScope();
        using var objective = Make(variant, TinyDistillation.Student());
        var memory = objective.State[name];
        var after = new List<Tensor>();
        Run(objective, steps: 2, _ => after.Add(memory.clone()));
        Assert.Equal(size, memory.shape[0]);
        Assert.True(memory.norm(1).allclose(ones(size)));
        Assert.Equal(16 % size, objective.State[$"{name}_next"].item<long>());

        // Eight images a step.
        var changed = after[0].ne(after[1]).any(1).data<bool>().ToArray();
        Assert.Equal(Enumerable.Range(0, size).Select(i => (i - 8 + size) % size < 8), changed);
    }

    [Fact]
    public void Should_Begin_Both_Memories_With_The_Same_Images()
    {
        using var scope = NewDisposeScope();

        // The student's backbone is the teacher's, and the teacher's known features are what it says: so both sides of the deepest exit are
        // equal, and only that one's.
        using var encoder = TinyDistillation.Encoder();
        using var student = TinyDistillation.Student();
        ModuleStore.Copy(encoder, student.Backbone);
        using var features = TinyDistillation.Features(encoder.call);
        using var objective = new CompRess(
            TinyDistillation.Training(student), new() { Queues = CompRessQueues.Two, Memory = 17 }, TinyDistillation.Encoder(), features);
        objective.Network.eval();
        objective.BeginEpoch(0, TinyDistillation.Features, 0);
        Assert.True(objective.State["teacher_memory"].allclose(objective.State["memory_3"], rtol: 1e-4, atol: 1e-5));
        Assert.False(objective.State["teacher_memory"].allclose(objective.State["memory_2"], rtol: 1e-4, atol: 1e-5));
        var kept = objective.State["memory_3"].clone();
        objective.State["memory_3"].zero_();
        objective.BeginEpoch(1, TinyDistillation.Features, 0.5);
        Assert.Equal(0, objective.State["memory_3"].abs().sum().item<float>());
        Assert.True(kept.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Should_Refuse_A_Number_Of_Memories_That_Is_Not_Known()
    {
        using var scope = NewDisposeScope();
        using var features = TinyDistillation.EncoderFeatures();
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompRess(
            TinyDistillation.Training(TinyDistillation.Student()), new() { Queues = (CompRessQueues)9 }, TinyDistillation.Encoder(),
            features));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Should_Let_Clusters_Move_The_Classifiers_Alone(string variant)
    {
        Dictionary<string, string> Trained(int[] pseudoLabels)
        {
            using var objective = Make(variant, TinyDistillation.Student(), pseudoLabels: pseudoLabels);
            Run(objective, steps: 3);
            return TinyProblem.Bits(objective);
        }

        var one = Trained(TinyDistillation.PseudoLabels);
        var other = Trained([.. TinyDistillation.PseudoLabels.Reverse()]);
        var differing = one.Where(b => other[b.Key] != b.Value).Select(b => b.Key).ToArray();
        Assert.NotEmpty(differing);
        Assert.All(differing, name => Assert.Contains("classifiers.", name, StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Leave_Out_What_Only_Shallow_Exits_Need()
    {
        using var student = TinyDistillation.Student();
        var before = student.NamedState().Where(s => s.Key.StartsWith("branches.", StringComparison.Ordinal)).ToDictionary(s => s.Key, s =>
            s.Value.clone());
        using var objective = Make("compress, deepest alone", student);
        Run(objective, steps: 2);
        Assert.All(before, s => Assert.True(s.Value.equal(student.NamedState()[s.Key]).all().item<bool>(), s.Key));
        Assert.Single(objective.Network.NamedState().Keys, name =>
            name.StartsWith("maps.", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal));
    }

    private static IObjective Make(string variant, MultiExitNetwork student, Backbone? encoder = null, int[]? pseudoLabels = null) =>
        TinyDistillation.Objective(variant.Split(',')[0], student, Variants[variant], encoder, pseudoLabels);

    /// <summary>Steps without clipping, which would tie all gradients together.</summary>
    private static void Run(IObjective objective, int steps, Action<TrainingProgress>? progress = null)
    {
        var options = TinyProblem.Options(steps);
        using var trainer = new Trainer(
            objective, TinyProblem.ImageSet(), TinyProblem.Positions, options with { Optimizer = options.Optimizer with { ClipNorm = 0 } })
        {
            Features = TinyDistillation.Features,
            Progress = progress,
        };
        trainer.Run(Token);
    }
}
