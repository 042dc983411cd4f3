using System.Text.Json;
using Autodidact.Distillation;
using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class SelfDistillationLossTests
{
    private const int Exits = 4;
    private const int Batch = 4;
    private const int Classes = 6;

    public static TheoryData<string> Cases()
    {
        var data = new TheoryData<string>();
        foreach (var item in LossFixtures.Load("self_distillation").EnumerateArray())
        {
            data.Add(item.GetProperty("name").GetString()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient(string name)
    {
        var expected = LossFixtures.Load("self_distillation").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        using var scope = NewDisposeScope();
        var outputs = Outputs(ScalarType.Float64);
        var (loss, _) = SelfDistillationLoss.Compute(outputs, Targets(), Options(expected.GetProperty("options")));
        loss.backward();
        Assert.Equal(expected.GetProperty("value").GetDouble(), loss.item<double>(), 1e-8);
        for (var exit = 0; exit < Exits; exit++)
        {
            var gradients = expected.GetProperty("gradients");
            LossFixtures.AssertClose(gradients.GetProperty("logits")[exit], outputs.Logits[exit].grad!, 1e-7);
            LossFixtures.AssertClose(gradients.GetProperty("feature")[exit], outputs.Features[exit].grad ?? zeros_like(outputs.Features[exit]), 1e-7);
        }
    }

    [Fact]
    public void Should_Keep_To_The_Formula_In_Single_Precision()
    {
        var expected = LossFixtures.Load("self_distillation")[0];
        using var scope = NewDisposeScope();
        var (loss, _) = SelfDistillationLoss.Compute(Outputs(ScalarType.Float32), Targets(), Options(expected.GetProperty("options")));
        Assert.Equal(expected.GetProperty("value").GetDouble(), loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Should_Cost_Nothing_To_Agree_With_The_Deepest_Exit()
    {
        using var scope = NewDisposeScope();
        var feature = LossFixtures.Formula(Batch, 5, 0.3);
        var logits = LossFixtures.Formula(Batch, Classes, 1, 2);
        var same = new ExitOutputs([feature, feature, feature], [logits, logits, logits]);
        var (_, parts) = SelfDistillationLoss.Compute(same, Targets(), new SelfDistillationOptions());
        Assert.Equal(0, parts["soft"].item<double>(), 1e-12);
        Assert.Equal(0, parts["hint"].item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Move_The_Teacher_By_Soft_Targets_Or_Hints()
    {
        using var scope = NewDisposeScope();
        var outputs = Outputs(ScalarType.Float64);
        var options = new SelfDistillationOptions { Hard = 0, DeepestHard = 0 };
        SelfDistillationLoss.Compute(outputs, Targets(), options).Loss.backward();
        Assert.Equal(0, outputs.Logits[^1].grad!.abs().sum().item<double>());
        Assert.True(outputs.Features[^1].grad is null);
        Assert.True(outputs.Logits[0].grad!.abs().sum().item<double>() > 0);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var outputs = Outputs(ScalarType.Float64);
        var first = SelfDistillationLoss.Compute(outputs, Targets(), new SelfDistillationOptions()).Loss;
        first.backward();
        var moved = new ExitOutputs(outputs.Features, [.. outputs.Logits.Select(l => l.detach() - (0.5 * l.grad!))]);
        Assert.True(SelfDistillationLoss.Compute(moved, Targets(), new SelfDistillationOptions()).Loss.item<double>() < first.item<double>());
    }

    [Fact]
    public void Should_Refuse_Outputs_Without_Exits()
    {
        Assert.Throws<ArgumentException>(() => SelfDistillationLoss.Compute(new ExitOutputs([], []), Targets(), new SelfDistillationOptions()));
    }

    private static ExitOutputs Outputs(ScalarType type) => new(
        [.. Enumerable.Range(0, Exits).Select(i => LossFixtures.Formula(Batch, 5, 0.3 * i, type: type))],
        [.. Enumerable.Range(0, Exits).Select(i => LossFixtures.Formula(Batch, Classes, 1 + (0.5 * i), 2, type))]);

    private static Tensor Targets() => tensor(Enumerable.Range(0, Batch).Select(i => (long)(i * 5 % Classes)).ToArray());

    private static SelfDistillationOptions Options(JsonElement o) => new()
    {
        Hard = o.GetProperty("Hard").GetDouble(),
        DeepestHard = o.GetProperty("DeepestHard").GetDouble(),
        Soft = o.GetProperty("Soft").GetDouble(),
        Temperature = o.GetProperty("Temperature").GetDouble(),
        TemperatureSquared = o.GetProperty("TemperatureSquared").GetBoolean(),
        Hint = o.GetProperty("Hint").GetDouble(),
        HintForm = Enum.Parse<HintForm>(o.GetProperty("HintForm").GetString()!),
        HintSkipsDeep = o.GetProperty("HintSkipsDeep").GetInt32(),
        LabelSmoothing = o.GetProperty("LabelSmoothing").GetDouble(),
    };
}
