using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>Checks every pre-training method that trains step by step.</summary>
public sealed class PretrainMethodsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-").FullName;

    public static TheoryData<string> Methods => [.. PretrainMethods.All.Where(m => m.Trains).Select(m => m.Name)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Should_End_In_The_Same_Bits_However_Often_It_Was_Stopped_And_Leave_No_Tensors(string method) =>
        Resuming.AssertSameBits(() => TinyPretraining.Objective(method), _folder, accumulation: 1, TestContext.Current.CancellationToken);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Should_Train_Every_Layer_Of_The_Encoder(string method)
    {
        using var objective = TinyPretraining.Objective(method);
        var before = objective.Network.Bits();
        ObjectiveProbe.Train(objective, token: TestContext.Current.CancellationToken);
        var encoder = before.Keys.Where(
            k => k.StartsWith("encoder.", StringComparison.Ordinal) && k.EndsWith("weight", StringComparison.Ordinal));
        Assert.Empty(encoder.Except(before.Moved(objective.Network.Bits())));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Should_Begin_With_The_Same_Weights_For_The_Same_Seed(string method)
    {
        using var one = TinyPretraining.Objective(method);
        using var again = TinyPretraining.Objective(method);
        Assert.Equal(one.Network.Bits(), again.Network.Bits());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Should_Begin_With_Units_That_Differ(string method)
    {
        using var scope = NewDisposeScope();
        using var objective = TinyPretraining.Objective(method);
        foreach (var (name, weights) in objective.Network.named_parameters().Where(p => p.parameter.dim() > 1 && p.parameter.shape[0] > 1))
        {
            // Units whose weights are multiples of each other get one gradient and stay one unit for ever.
            var units = nn.functional.normalize(weights.detach().flatten(1), p: 2, dim: 1);
            var alike = (mm(units, units.t()) - eye(units.shape[0])).max().item<float>();
            Assert.True(alike < 0.999, $"{name}: two of its units have a cosine of {alike}");
        }
    }
}
