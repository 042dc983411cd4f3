using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class S2sdLossTests
{
    private static readonly S2sdOptions Default = new();

    [Theory]
    [InlineData(ScalarType.Float64, 1e-8)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient(ScalarType type, double tolerance)
    {
        foreach (var expected in Cases("s2sd"))
        {
            using var scope = NewDisposeScope();
            Tensor[] x =
                [LossFixtures.Formula(Batch, 3, 0.3, type: type), Logits(0.5, 2, type), Logits(1.1, 2, type), Logits(1.6, 3, type)];
            Tensor[] embeddings = [LossFixtures.Formula(Batch, 4, 0.7, type: type), LossFixtures.Formula(Batch, 6, 1.3, type: type)];
            var backbone = expected.GetProperty("backbone").GetBoolean() ? LossFixtures.Formula(Batch, 4, 1.9, type: type) : null;
            var options =
                new S2sdOptions { Similarity = new() { Weight = expected.Number("Weight"), Temperature = expected.Number("Temperature") } };
            var (loss, parts) = S2sdLoss.Compute(
                (x[0], x[1]), [(embeddings[0], x[2]), (embeddings[1], x[3])], Targets(), options, backbone);
            loss.backward();
            Assert.Equal(expected.GetProperty("value").GetDouble(), loss.to(ScalarType.Float64).item<double>(), tolerance);
            foreach (var (wanted, part) in expected.GetProperty("gradients").EnumerateArray().Zip(x))
                LossFixtures.AssertClose(wanted, part.grad!, 10 * tolerance);
            Assert.All([.. embeddings, .. backbone is null ? (Tensor[])[] : [backbone]], teacher => Assert.True(teacher.grad is null));
            Assert.Equal(backbone is not null, parts.ContainsKey("backbone"));
        }
    }

    [Fact]
    public void Should_Equal_A_Loss_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // The exit's two features are equal, so its rows are (1/2, 1/2); the head's are opposite, so its rows are softmax(1, -1) = (p, 1 -
        // p), either way round. Every classifier knows nothing: 1/2 [ln 2 + ln 2] + 50 [ln 2 - H(p)].
        var (feature, embedding, logits) = (Rows([1, 0], [2, 0]), Rows([1, 1], [-3, -3]), zeros(2, 2, ScalarType.Float64));
        var p = 1 / (1 + Math.Exp(-2));
        var entropy = -(p * Math.Log(p)) - ((1 - p) * Math.Log(1 - p));
        var (loss, parts) = S2sdLoss.Compute((feature, logits), [(embedding, logits)], zeros(2, ScalarType.Int64), Default);
        Assert.Equal(Math.Log(2) + (50 * (Math.Log(2) - entropy)), loss.item<double>(), 1e-10);
        Assert.Equal(50 * (Math.Log(2) - entropy), parts["heads"].item<double>(), 1e-10);
        Assert.Equal(Math.Log(2), parts["heads_hard"].item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Of_Features_Or_On_Equal_Heads()
    {
        using var scope = NewDisposeScope();
        var (feature, embedding) = (LossFixtures.Formula(Batch, 3, 0.3), LossFixtures.Formula(Batch, 4, 0.7));
        var (logits, head) = (Logits(0.5, 2), Logits(1.1, 2));
        var one = S2sdLoss.Compute((feature, logits), [(embedding, head)], Targets(), Default).Loss.item<double>();
        Assert.Equal(
            one,
            S2sdLoss.Compute((3 * feature, logits), [(5 * embedding, head), (embedding, head)], Targets(), Default).Loss.item<double>(),
            1e-10);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var (logits, embedding) = (Logits(0.5, 2).detach(), LossFixtures.Formula(Batch, 4, 0.7).detach());
        var floor = S2sdLoss.Compute((embedding, logits), [(embedding, logits)], Targets(), Default).Loss.item<double>();
        AssertFalls(
            LossFixtures.Formula(Batch, 3, 0.3),
            x => S2sdLoss.Compute((x, logits), [(embedding, logits)], Targets(), Default).Loss - floor, rate: 0.2, toFraction: 0.5);
    }

    [Fact]
    public void Should_Refuse_No_Heads_And_Other_Shapes()
    {
        Assert.Throws<ArgumentException>(() => S2sdLoss.Compute((ones(6, 3), ones(6, 5)), [], Targets(), Default));
        Assert.Throws<ArgumentException>(() => S2sdLoss.Compute((ones(6, 3), ones(6, 5)), [(ones(6, 4), ones(6, 4))], Targets(), Default));
        Assert.Throws<ArgumentException>(() => S2sdLoss.Compute((ones(6, 3), ones(6, 5)), [(ones(5, 4), ones(6, 5))], Targets(), Default));
        Assert.Throws<ArgumentException>(
            () => S2sdLoss.Compute((ones(6, 3), ones(6, 5)), [(ones(6, 4), ones(6, 5))], Targets(), Default, ones(5, 4)));
    }

    private static Tensor Logits(double phase, double scale, ScalarType type = ScalarType.Float64) => LossFixtures.Formula(
        Batch, Classes, phase, scale, type);
}
