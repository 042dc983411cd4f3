using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

public class ModelCostTests
{
    [Fact]
    public void Should_Count_Convolution_And_Norm()
    {
        using var network = new OneStage(new BatchNormalization(4));
        Assert.Equal(new ModelCost((3 * 4 * 9) + (2 * 4), 8 * 8 * 3 * 4 * 9), ModelCost.Of(network, 8));
    }

    [Fact]
    public void Should_Count_Nothing_For_A_Layer_Without_Weights()
    {
        using var network = new OneStage(nn.AvgPool2d(2));
        Assert.Equal(new ModelCost(3 * 4 * 9, 8 * 8 * 3 * 4 * 9), ModelCost.Of(network, 8));
    }

    [Fact]
    public void Should_Refuse_A_Layer_With_Weights_Whose_Cost_It_Does_Not_Know()
    {
        using var network = new OneStage(nn.GroupNorm(2, 4));
        network.train();
        var refused = Assert.Throws<NotSupportedException>(() => ModelCost.Of(network, 8));
        Assert.Contains("layers of GroupNorm have no known cost", refused.Message);
        Assert.True(network.training);
    }

    private sealed class OneStage : Backbone
    {
        private readonly TorchSharp.Modules.Conv2d _conv = nn.Conv2d(3, 4, 3, padding: 1, bias: false);
        private readonly nn.Module<Tensor, Tensor> _after;

        public OneStage(nn.Module<Tensor, Tensor> layer)
            : base(nameof(OneStage))
        {
            _after = layer;
            RegisterComponents();
        }

        public override IReadOnlyList<int> StageChannels => [4];

        public override Tensor ForwardStage(int stage, Tensor input) => _after.call(_conv.call(input));

        public override Backbone Copy() => throw new NotSupportedException();
    }
}
