using System.Text.Json;
using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class DataDistortionLossTests
{
    private static readonly DataDistortionOptions Soft = new() { Hard = 0, Discrepancy = 0 };

    [Theory]
    [InlineData(ScalarType.Float64, 1e-8, 1e-7)]
    [InlineData(ScalarType.Float32, 1e-4, 1e-4)]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient(ScalarType type, double valueTolerance, double gradientTolerance)
    {
        foreach (var expected in Cases("data_distortion"))
        {
            using var scope = NewDisposeScope();
            var (logits, features) = Views(type);
            var loss = DataDistortionLoss.Compute(logits, features, Options(expected), Targets()).Loss;
            loss.backward();
            Assert.Equal(expected.GetProperty("value").GetDouble(), loss.to(ScalarType.Float64).item<double>(), valueTolerance);
            Tensor[] parts = [logits.First, logits.Second, features.First, features.Second];
            for (var i = 0; i < parts.Length; i++)
            {
                LossFixtures.AssertClose(expected.GetProperty("gradients")[i], parts[i].grad ?? zeros_like(parts[i]), gradientTolerance);
            }
        }
    }

    [Fact]
    public void Should_Equal_Parts_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Views that say (1/2, 1/2) and (1/4, 3/4) at T = 2: the divergences add up to (1/2 - 1/4) ln 2 + (1/2 - 3/4) ln(2/3) = 1/4 ln 3.
        // Means of features (1, 2) and (4, 6).
        var (loss, parts) = DataDistortionLoss.Compute(
            (zeros(2, 2, ScalarType.Float64), Rows([0, 2 * Math.Log(3)], [0, 2 * Math.Log(3)])),
            (Rows([0, 2], [2, 2]), Rows([4, 5], [4, 7])),
            new() { Hard = 0, Temperature = 2, Discrepancy = 0.1 });
        Assert.Equal(Math.Log(3) / 4, parts["soft"].item<double>(), 1e-12);
        Assert.Equal(25, parts["discrepancy"].item<double>(), 1e-12);
        Assert.Equal(Math.Log(3) + 2.5, loss.item<double>(), 1e-12);
        Assert.DoesNotContain("hard", parts.Keys);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Order_Of_The_Views()
    {
        using var scope = NewDisposeScope();
        var ((z1, z2), (f1, f2)) = Views(ScalarType.Float64);
        Assert.Equal(
            DataDistortionLoss.Compute((z1, z2), (f1, f2), new(), Targets()).Loss.item<double>(),
            DataDistortionLoss.Compute((z2, z1), (f2, f1), new(), Targets()).Loss.item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Be_Cross_Entropy_Of_Both_Where_The_Views_Agree()
    {
        using var scope = NewDisposeScope();
        var ((z, _), (f, _)) = Views(ScalarType.Float64);
        var loss = DataDistortionLoss.Compute((z, z), (f, f), new(), Targets()).Loss;
        Assert.Equal(2 * nn.functional.cross_entropy(z, Targets()).item<double>(), loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Teach_Each_View_By_The_Other_As_A_Constant()
    {
        using var scope = NewDisposeScope();
        var ((z1, z2), features) = Views(ScalarType.Float64);
        DataDistortionLoss.Compute((z1, z2), features, Soft).Loss.backward();

        // The gradient of T^2 KL(teacher || student) in the student is T (p_s - p_t) / B; a teacher that moved would add to it.
        var difference = nn.functional.softmax(z1 / 3, 1) - nn.functional.softmax(z2 / 3, 1);
        Assert.True(z1.grad!.allclose(difference * (3.0 / Batch), 1e-10, 1e-12));
        Assert.True(z2.grad!.allclose(difference * (-3.0 / Batch), 1e-10, 1e-12));
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var (logits, features) = Views(ScalarType.Float64);
        var other = (logits.Second.detach(), features.Second.detach());
        AssertFalls(
            logits.First,
            x => DataDistortionLoss.Compute((x, other.Item1), (features.First.detach(), other.Item2), Soft).Loss,
            rate: 1,
            toFraction: 0.5);
        AssertFalls(
            features.First,
            x => DataDistortionLoss.Compute(
                (logits.First.detach(), other.Item1), (x, other.Item2), Soft with { Soft = 0, Discrepancy = 1 }).Loss,
            rate: 0.5,
            toFraction: 0.5);
    }

    [Fact]
    public void Should_Refuse_Views_That_Differ_In_Shape_And_Absent_Labels()
    {
        var z = ones(4, 3);
        Assert.Throws<ArgumentException>(() => DataDistortionLoss.Compute((z, ones(1, 3)), (z, z), Soft));
        Assert.Throws<ArgumentException>(() => DataDistortionLoss.Compute((z, z), (z, ones(4, 1)), Soft));
        Assert.Throws<ArgumentException>(() => DataDistortionLoss.Compute((z, z), (ones(3, 3), ones(3, 3)), Soft));
        Assert.Throws<ArgumentException>(() => DataDistortionLoss.Compute((z, z), (z, z), new()));
    }

    private static ((Tensor First, Tensor Second) Logits, (Tensor First, Tensor Second) Features) Views(ScalarType type) => (
        (LossFixtures.Formula(Batch, Classes, 0.5, 2, type), LossFixtures.Formula(Batch, Classes, 1.1, 2, type)),
        (LossFixtures.Formula(Batch, 4, 0.2, type: type), LossFixtures.Formula(Batch, 4, 0.9, type: type)));

    private static DataDistortionOptions Options(JsonElement expected) => new()
    {
        Hard = expected.Number("Hard"),
        Soft = expected.Number("Soft"),
        Discrepancy = expected.Number("Discrepancy"),
        Temperature = expected.Number("Temperature"),
    };
}
