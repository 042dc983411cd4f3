using Autodidact.Distillation;
using Autodidact.Pipeline;
using Autodidact.Tests.Training;
using Autodidact.Training;

namespace Autodidact.Tests.Distillation;

public sealed class MuseStyleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-distill-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Learn_Stop_And_End_In_The_Same_Bits_Where_Information_Is_Multiplied()
    {
        var losses = Resuming.AssertSameBits(
            () => Make(o => o with { Form = MuseStyleForm.Multiplicative, Hidden = 16 }), _folder, 2, Token);
        Assert.True(losses[^2..].Average() < losses[..2].Average(), $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void Should_Be_Deep_Supervision_Without_Weight()
    {
        using var muse = Make(o => o with { Weight = 0 });
        using var supervision = TinyDistillation.Objective("deep-supervision");
        foreach (var objective in new[] { muse, supervision }) Run(objective, steps: 3);
        Assert.Equal(TinyProblem.Bits(supervision), TinyProblem.Bits(muse));
    }

    [Fact]
    public void Should_Train_A_Discriminator_For_Each_Shallow_Exit()
    {
        using var objective = Make(o => o with { Hidden = 7 });
        var before = TinyProblem.Bits(objective);
        Run(objective, steps: 2);
        var moved = TinyProblem.Bits(objective)
            .Where(b => before[b.Key] != b.Value && b.Key.StartsWith("discriminators.", StringComparison.Ordinal))
            .Select(b => b.Key);
        Assert.Equal(12, moved.Count());
    }

    private static IObjective Make(Func<MuseStyleOptions, MuseStyleOptions> change) =>
        TinyDistillation.Objective("muse-style", o => o with { Methods = o.Methods.With(change(o.Methods.Get<MuseStyleOptions>())) });

    private static void Run(IObjective objective, int steps)
    {
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options(steps));
        trainer.Run(Token);
    }
}
