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
        var adapters = Adapters(expected, ScalarType.Float64);
        var loss = Compute(expected, outputs, adapters, ScalarType.Float64);
        loss.backward();
        Assert.Equal(expected.GetProperty("value").GetDouble(), loss.item<double>(), 1e-8);
        for (var exit = 0; exit < Exits; exit++)
        {
            var gradients = expected.GetProperty("gradients");
            LossFixtures.AssertClose(gradients.GetProperty("logits")[exit], outputs.Logits[exit].grad!, 1e-7);
            LossFixtures.AssertClose(
                gradients.GetProperty("feature")[exit], outputs.Features[exit].grad ?? zeros_like(outputs.Features[exit]), 1e-7);
            if (exit >= adapters.Length) continue;
            LossFixtures.AssertClose(gradients.GetProperty("matrix")[exit], adapters[exit].Matrix.grad!, 1e-7);
            LossFixtures.AssertClose(gradients.GetProperty("shift")[exit], adapters[exit].Shift.grad!, 1e-7);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Should_Keep_To_The_Formula_In_Single_Precision(string name)
    {
        var expected = LossFixtures.Load("self_distillation").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        using var scope = NewDisposeScope();
        Assert.Equal(
            expected.GetProperty("value").GetDouble(),
            Compute(expected, Outputs(ScalarType.Float32), Adapters(expected, ScalarType.Float32), ScalarType.Float32).item<float>(),
            1e-4);
    }

    [Fact]
    public void Should_Add_Cross_Entropy_Divergence_From_The_Deepest_And_The_Hint_By_Their_Weights()
    {
        // Targets 0; a shallow exit of 9/10 and 1/10, the deepest of 3/4 and 1/4; features two apart in one of two dimensions. T^2 is 4
        // where logits are twice as large.
        using var scope = NewDisposeScope();
        var outputs = new ExitOutputs(
            [tensor(new[] { 1.0, 3 }, 1, 2), tensor(new[] { 1.0, 1 }, 1, 2)],
            [tensor(new[] { 2 * Math.Log(9), 0 }, 1, 2), tensor(new[] { 2 * Math.Log(3), 0 }, 1, 2)]);
        var options = new SelfDistillationOptions
        {
            Hard = 0.7,
            DeepestHard = 1,
            Soft = 0.3,
            Temperature = 2,
            TemperatureSquared = true,
            Hint = 0.05,
            HintForm = HintForm.MeanOfSquares,
        };
        var (loss, _) = SelfDistillationLoss.Compute(outputs, zeros(1, dtype: ScalarType.Int64), options);
        var divergence = (0.75 * Math.Log(0.75 / 0.9)) + (0.25 * Math.Log(0.25 / 0.1));
        var wanted = (0.7 * Math.Log(82.0 / 81)) + Math.Log(10.0 / 9) + (0.3 * 4 * divergence) + (0.05 * 2);
        Assert.Equal(wanted, loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Teach_Every_Exit_By_The_Mean_Of_All_Logits()
    {
        // Two exits of logits (ln 9, 0) and (0, 0), whose mean (ln 3, 0) says 3/4 and 1/4: KL from 9/10 and 1/10, and from 1/2 and 1/2.
        using var scope = NewDisposeScope();
        Tensor[] logits =
        [
            tensor(new[] { Math.Log(9), 0 }, 1, 2).requires_grad_(true), zeros(1, 2, dtype: ScalarType.Float64).requires_grad_(true),
        ];
        var options =
            new SelfDistillationOptions { Hard = 0, DeepestHard = 0, Hint = 0, Soft = 1, Temperature = 1, Teacher = TeacherForm.Ensemble };
        var (loss, _) = SelfDistillationLoss.Compute(
            new ExitOutputs([zeros(1, 3), zeros(1, 3)], logits), zeros(1, dtype: ScalarType.Int64), options);
        var wanted = (0.75 * Math.Log(0.75 / 0.9)) + (0.25 * Math.Log(0.25 / 0.1)) + (0.75 * Math.Log(0.75 / 0.5)) + (0.25 * Math.Log(
            0.25 / 0.5));
        Assert.Equal(wanted, loss.item<double>(), 1e-12);

        // With a constant teacher the gradient is the student's probability minus the teacher's.
        loss.backward();
        Assert.Equal(0.9 - 0.75, logits[0].grad![0, 0].item<double>(), 1e-12);
        Assert.Equal(0.5 - 0.75, logits[1].grad![0, 0].item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Tell_One_Hot_Distributions_From_Numbers_Nor_Equal_Weights_From_None()
    {
        using var scope = NewDisposeScope();
        var wanted = SelfDistillationLoss.Compute(Outputs(ScalarType.Float64), Targets(), new()).Loss.item<double>();
        var distributions = nn.functional.one_hot(Targets(), Classes).to(ScalarType.Float64);
        Assert.Equal(wanted, SelfDistillationLoss.Compute(Outputs(ScalarType.Float64), distributions, new()).Loss.item<double>(), 1e-12);
        var equal = ones(Batch, dtype: ScalarType.Float64);
        Assert.Equal(
            wanted, SelfDistillationLoss.Compute(Outputs(ScalarType.Float64), Targets(), new(), weights: equal).Loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Refuse_Distributions_And_Weights_Of_Other_Shapes()
    {
        using var scope = NewDisposeScope();
        var outputs = Outputs(ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => SelfDistillationLoss.Compute(outputs, ones(Batch, 1), new()));
        Assert.Throws<ArgumentException>(() => SelfDistillationLoss.Compute(outputs, Targets(), new(), weights: ones(1)));
        Assert.Throws<ArgumentException>(() => SelfDistillationLoss.Compute(outputs, Targets(), new(), weights: ones(Batch, 1)));
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
        Assert.True(
            SelfDistillationLoss.Compute(moved, Targets(), new SelfDistillationOptions()).Loss.item<double>() < first.item<double>());
    }

    [Fact]
    public void Should_Refuse_Outputs_Without_Exits()
    {
        Assert.Throws<ArgumentException>(
            () => SelfDistillationLoss.Compute(new ExitOutputs([], []), Targets(), new SelfDistillationOptions()));
    }

    [Fact]
    public void Should_Refuse_A_Teacher_That_Is_Not_Known()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentOutOfRangeException>(() => SelfDistillationLoss.Compute(
            Outputs(ScalarType.Float64), Targets(), new SelfDistillationOptions { Soft = 1, Teacher = (TeacherForm)9 }));
    }

    /// <summary>The learned layers before the hint, of every exit but the deepest; none where the case has none.</summary>
    private static (Tensor Matrix, Tensor Shift)[] Adapters(JsonElement expected, ScalarType type) =>
        !expected.GetProperty("adapted").GetBoolean()
        ? []
        :
        [
            .. Enumerable.Range(0, Exits - 1).Select(i => (
                LossFixtures.Formula(5, 5, 0.7 + i, type: type), LossFixtures.Formula(1, 5, 0.2 * i, type: type))),
        ];

    private static Tensor Compute(JsonElement expected, ExitOutputs outputs, (Tensor Matrix, Tensor Shift)[] adapters, ScalarType type)
    {
        Tensor? Given(string name, params long[] shape) =>
            expected.GetProperty(name) is { ValueKind: JsonValueKind.Array } values ? tensor(
                values.EnumerateArray().Select(v => v.GetDouble()).ToArray(), shape).to(type) : null;
        return SelfDistillationLoss.Compute(
            outputs,
            Given("distributions", Batch, Classes) ?? Targets(),
            Options(expected.GetProperty("options")),
            adapters.Length == 0 ? null : (exit, feature) => mm(feature, adapters[exit].Matrix.t()) + adapters[exit].Shift,
            Given("weights", Batch)).Loss;
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
        Teacher = Enum.Parse<TeacherForm>(o.GetProperty("Teacher").GetString()!),
        LabelSmoothing = o.GetProperty("LabelSmoothing").GetDouble(),
    };
}
