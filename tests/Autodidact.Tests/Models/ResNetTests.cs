using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

// The folder of architecture tests gives its name to a namespace nearer than the type.
using Architecture = Autodidact.Models.Architecture;

public class ResNetTests
{
    private static readonly Dictionary<string, Case> _cases = ReferenceSample.Load<Case>("resnet.json").ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Should_Compute_And_Cost_What_Torchvision_Does(string name)
    {
        var expected = _cases[name];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var backbone = FormulaWeights.Fill(Architecture.Parse(name).Create(seed: 1));
        Assert.Equal(expected.Keys, backbone.NamedState().Count);
        Assert.Equal(expected.KeysSha256, ReferenceSample.DigestOfKeys(backbone));

        backbone.eval();
        var images = FormulaWeights.Images(2, expected.Size);
        var stages = backbone.ForwardStages(images);
        Assert.Equal(4, stages.Count);
        for (var i = 0; i < stages.Count; i++)
        {
            expected.Stages[i].AssertEqual(stages[i]);
            Assert.Equal(backbone.StageChannels[i], stages[i].shape[1]);
        }

        expected.Pooled.AssertEqual(backbone.call(images));
        Assert.Equal(backbone.FeatureSize, expected.Pooled.Shape[1]);
        Assert.Equal(new ModelCost(expected.Parameters, expected.Macs), ModelCost.Of(backbone, expected.CostSize));
        Assert.Equal(expected.Parameters, backbone.parameters().Sum(p => p.NumberOfElements));
    }

    [Fact]
    public void Should_Cost_The_Published_Figures()
    {
        // torchvision's documentation: 11,689,512 parameters, of which the classifier has 513,000, and 1.814 giga-MACs with it.
        using var backbone = Architecture.Parse("resnet18").Create(seed: 1);
        var cost = ModelCost.Of(backbone, 224);
        Assert.Equal(11_689_512 - 513_000, cost.Parameters);
        Assert.Equal(1.814, (cost.Macs + (512 * 1000)) / 1e9, 0.0005);
    }

    [Fact]
    public void Should_Train_As_Torchvision_Does()
    {
        var expected = _cases["resnet18-cifar"];
        using var scope = NewDisposeScope();
        using var backbone = FormulaWeights.Fill(Architecture.Parse("resnet18-cifar").Create(seed: 1));
        backbone.train();
        var feature = backbone.call(FormulaWeights.Images(2, expected.Size));
        expected.TrainedPooled!.AssertEqual(feature);
        var state = backbone.NamedState();
        expected.TrainedRunningMean!.AssertEqual(state["layer3.0.bn1.running_mean"]);
        expected.TrainedRunningVar!.AssertEqual(state["layer4.1.bn2.running_var"]);
        Assert.Equal(1, state["layer4.1.bn2.num_batches_tracked"].item<long>());

        feature.sum().backward();
        Assert.All(backbone.parameters(), p => Assert.False(p.grad is null || p.grad.isnan().any().item<bool>()));
    }

    [Theory]
    [InlineData("resnet10-w8-cifar-pool", 20)]
    [InlineData("resnet10-w8-cifar-pool", 8)]
    [InlineData("resnet10-w8-cifar-stride", 2)]
    [InlineData("resnet10-w8-cifar-stride", 33)]
    [InlineData("resnet18-w8", 33)]
    [InlineData("resnet50-w8-cifar", 5)]
    public void Should_Take_Any_Size(string name, int size)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var backbone = Architecture.Parse(name).Create(seed: 1);
        backbone.eval();
        var feature = backbone.call(zeros(1, 3, size, size).ToChannelsLast());
        Assert.Equal([1L, backbone.FeatureSize], feature.shape);
    }

    [Fact]
    public void Should_Be_A_Function_Of_The_Seed_Alone()
    {
        using var a = Architecture.Parse("resnet10-w8-cifar").Create(seed: 7);
        torch.random.manual_seed(99);
        using var b = Architecture.Parse("resnet10-w8-cifar").Create(seed: 7);
        using var c = Architecture.Parse("resnet10-w8-cifar").Create(seed: 7 | (1UL << 63));
        Assert.Equal(Weights(a), Weights(b));
        Assert.NotEqual(Weights(a), Weights(c));

        static float[] Weights(Backbone backbone) => backbone.NamedState()["layer3.0.conv1.weight"].contiguous().data<float>().ToArray();
    }

    [Fact]
    public void Should_Start_Kaiming_Normal_By_Fan_Out_And_With_Plain_Norms()
    {
        using var scope = NewDisposeScope();
        using var backbone = Architecture.Parse("resnet18-cifar").Create(seed: 3);
        var state = backbone.NamedState();
        var weight = state["layer2.0.conv1.weight"].detach();
        var expected = Math.Sqrt(2.0 / (128 * 9));
        Assert.Equal(expected, weight.std().item<float>(), expected * 0.02);
        Assert.Equal(0, weight.mean().item<float>(), expected * 0.02);
        Assert.True(state["layer2.0.bn1.weight"].eq(1).all().item<bool>());
        Assert.True(state["layer2.0.bn1.bias"].eq(0).all().item<bool>());
    }

    [Fact]
    public void Should_Leave_No_Tensor_Behind()
    {
        using var backbone = Architecture.Parse("resnet10-w8-cifar-pool").Create(seed: 1);
        Assert.Equal(LiveAfter(1), LiveAfter(10));

        long LiveAfter(int forwards)
        {
            for (var i = 0; i < forwards; i++)
            {
                using var images = zeros(2, 3, 16, 16);
                using var feature = backbone.call(images);
            }

            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
    }

    [Theory]
    [InlineData(19, 64)]
    [InlineData(18, 0)]
    [InlineData(18, 5000)]
    public void Should_Refuse_A_Shape_That_Is_None(int depth, int width)
    {
        var failure = Assert.Throws<AutodidactException>(() => new ResNet(new ResNetOptions { Depth = depth, Width = width }, seed: 0));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains("10, 18, 34, 50, 101", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_Stem_That_Is_Not_Known() =>
        Assert.Contains(
            "no stem of this kind is known",
            Assert.Throws<ArgumentOutOfRangeException>(() => new ResNet(new ResNetOptions { Stem = (Stem)9 }, seed: 0)).Message);

    private sealed record Case(
        string Name,
        int Size,
        int Keys,
        string KeysSha256,
        long Parameters,
        int CostSize,
        long Macs,
        ReferenceSample[] Stages,
        ReferenceSample Pooled,
        ReferenceSample? TrainedPooled = null,
        ReferenceSample? TrainedRunningMean = null,
        ReferenceSample? TrainedRunningVar = null);
}
