using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;

namespace Autodidact.Tests.Pretraining;

public sealed class SimClrTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_End_In_The_Same_Bits_With_More_Views_And_Local_Ones_However_Often_It_Was_Stopped()
    {
        using (var objective = Objective()) Assert.Equal(5, objective.Views(0).Views.Count);
        Resuming.AssertSameBits(Objective, _folder, accumulation: 1, TestContext.Current.CancellationToken);

        static Autodidact.Training.IObjective Objective() =>
            TinyPretraining.Objective(
                "simclr", o => o with { Methods = o.Methods.With(new SimClrOptions { Views = 3 }), LocalViews = new() { Count = 2 } });
    }
}
