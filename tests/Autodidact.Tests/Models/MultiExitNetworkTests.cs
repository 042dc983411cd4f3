using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

// The folder of architecture tests gives its name to a namespace nearer than the type.
using Architecture = Autodidact.Models.Architecture;

public class MultiExitNetworkTests
{
    private static readonly Case[] _cases = ReferenceSample.Load<Case>("multi-exit.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, _cases.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Should_Equal_The_Plain_PyTorch_Form(int index)
    {
        var expected = _cases[index];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = FormulaWeights.Fill(Make(expected));
        network.eval();
        Assert.Equal(expected.Keys, network.NamedState().Count);
        Assert.Equal(expected.KeysSha256, ReferenceSample.DigestOfKeys(network));
        foreach (var input in expected.Inputs)
        {
            var outputs = network.call(FormulaWeights.Images(2, input.Size));
            Assert.Equal(4, outputs.Features.Count);
            for (var exit = 0; exit < 4; exit++)
            {
                input.Exits[exit].Feature.AssertEqual(outputs.Features[exit]);
                input.Exits[exit].Logits.AssertEqual(outputs.Logits[exit]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Should_Count_Only_What_Running_To_An_Exit_Needs(int index)
    {
        var expected = _cases[index];
        using var network = Make(expected);
        foreach (var input in expected.Inputs)
        {
            Assert.Equal(input.Exits.Select(e => new ModelCost(e.Parameters, e.Macs)), ModelCost.OfExits(network, input.Size));
        }

        var all = ModelCost.OfAll(network, 32);
        Assert.Equal(network.parameters().Sum(p => p.NumberOfElements), all.Parameters);
        Assert.True(all.Macs > ModelCost.OfExits(network, 32).Max(c => c.Macs));
        Assert.True(network.training);
    }

    [Theory]
    [InlineData(BranchDesign.Separable, true)]
    [InlineData(BranchDesign.Separable, false)]
    [InlineData(BranchDesign.Bottleneck, true)]
    [InlineData(BranchDesign.Bottleneck, false)]
    public void Should_Give_An_Exit_The_Same_Alone_As_Together(BranchDesign branch, bool attention)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Make(branch, attention);
        network.eval();
        var images = FormulaWeights.Images(3, 32);
        var outputs = network.call(images);
        for (var exit = 0; exit < network.ExitCount; exit++)
        {
            var (feature, logits) = network.ForwardTo(images, exit);
            Assert.True(feature.Equals(outputs.Features[exit]));
            Assert.True(logits.Equals(outputs.Logits[exit]));
            Assert.Equal([3L, network.FeatureSize], feature.shape);
            Assert.Equal([3L, 5L], logits.shape);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => network.ForwardTo(images, network.ExitCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.ForwardTo(images, -1));
    }

    [Theory]
    [InlineData(BranchDesign.Separable, true)]
    [InlineData(BranchDesign.Bottleneck, true)]
    public void Should_Train_At_Any_Size_And_Leave_No_Tensor_Behind(BranchDesign branch, bool attention)
    {
        using var network = Make(branch, attention);
        network.train();
        foreach (var size in (int[])[4, 20, 24, 31, 32])
        {
            var before = 0L;
            for (var step = 0; step < 4; step++)
            {
                using (var scope = NewDisposeScope())
                {
                    var outputs = network.call(FormulaWeights.Images(4, size));
                    stack(outputs.Logits).square().mean().backward();
                }

                // The first step makes the gradients, which stay.
                var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
                Assert.True(step < 2 || live == before, $"{live} tensors live after step {step}, {before} before");
                before = live;
            }
        }

        Assert.All(network.named_parameters(), p => Assert.False(p.parameter.grad is null, p.name));
        Assert.All(network.parameters(), p => Assert.True(p.grad!.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Should_Give_Shallow_Exits_No_Gradient_From_Deeper_Branches()
    {
        using var scope = NewDisposeScope();
        using var network = Make(BranchDesign.Bottleneck, attention: false);
        network.ForwardTo(FormulaWeights.Images(4, 32), exit: 1).Logits.sum().backward();
        foreach (var (name, parameter) in network.named_parameters())
        {
            var used = name.StartsWith("branches.1.", StringComparison.Ordinal)
                || name.StartsWith("classifiers.1.", StringComparison.Ordinal)
                || (
                    name.StartsWith("backbone.", StringComparison.Ordinal)
                        && !name.Contains("layer3", StringComparison.Ordinal)
                        && !name.Contains("layer4", StringComparison.Ordinal));
            Assert.Equal(used, parameter.grad is not null);
        }
    }

    [Fact]
    public void Should_Be_A_Function_Of_The_Seed_And_Share_The_Backbones_Start()
    {
        using var a = Make(BranchDesign.Bottleneck, attention: true);
        torch.random.manual_seed(5);
        using var b = Make(BranchDesign.Bottleneck, attention: true);
        foreach (var (name, tensor) in a.NamedState())
        {
            Assert.True(tensor.Equals(b.NamedState()[name]), name);
        }

        using var backbone = Architecture.Parse("resnet10-w8-cifar-pool").Create(seed: 11);
        foreach (var (name, tensor) in backbone.NamedState())
        {
            Assert.True(tensor.Equals(a.NamedState()["backbone." + name]), name);
        }
    }

    [Fact]
    public void Should_Copy_Itself_And_Share_Nothing()
    {
        using var network = Make(BranchDesign.Separable, attention: true);
        network.DrawClassifiers(seed: 77);
        using var copy = network.Copy();
        var state = copy.NamedState();
        Assert.Equal(network.NamedState().Keys.Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        Assert.All(network.NamedState(), s => Assert.True(s.Value.Equals(state[s.Key]), s.Key));
        network.DrawClassifiers(seed: 78);
        Assert.All(network.NamedState(), s =>
            Assert.Equal(!s.Key.StartsWith("classifiers.", StringComparison.Ordinal), s.Value.Equals(state[s.Key])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_Refuse_A_Branch_Of_A_Design_That_Is_Not_Known(bool attention) =>
        Assert.Contains(
            "no branch of this design is known",
            Assert.Throws<ArgumentOutOfRangeException>(() => Make((BranchDesign)9, attention)).Message);

    [Fact]
    public void Should_Let_Given_Rows_Classify_At_One_Exit()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Make(BranchDesign.Bottleneck, attention: false);
        var generator = new Generator(12);
        var (rows, feature) = (rand(5, network.FeatureSize, generator: generator), rand(3, network.FeatureSize, generator: generator));
        var other = network.Classify(1, feature);
        network.SetClassifier(2, rows);
        Assert.True(network.Classify(2, feature).allclose(mm(feature, rows.t())));
        Assert.True(network.Classify(1, feature).Equals(other));
        Assert.Throws<ArgumentException>(() => network.SetClassifier(2, rows[0]));
        Assert.Throws<ArgumentException>(() => network.SetClassifier(2, rows.t()));
    }

    private static MultiExitNetwork Make(BranchDesign branch, bool attention) => new(
        Architecture.Parse("resnet10-w8-cifar-pool"),
        new MultiExitOptions { Outputs = 5, Branch = branch, Attention = attention }, seed: 11);

    private static MultiExitNetwork Make(Case expected) => new(
        Architecture.Parse(expected.Architecture),
        new MultiExitOptions
        {
            Outputs = expected.Outputs,
            Branch = expected.Design == "separable" ? BranchDesign.Separable : BranchDesign.Bottleneck,
            Attention = expected.Attention,
        },
        seed: 1);

    private sealed record Case(
        string Architecture, string Design, bool Attention, int Outputs, int Keys, string KeysSha256, Input[] Inputs);

    private sealed record Input(int Size, Exit[] Exits);

    private sealed record Exit(ReferenceSample Feature, ReferenceSample Logits, long Parameters, long Macs);
}
