using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Pretraining;

namespace Autodidact.Tests.Pretraining;

/// <summary>Settings of presets with the methods of queues and clusters.</summary>
public class ClusterSettingsTests
{
    public static TheoryData<string, string> Settings =>
        [
            .. from method in (string[])["moco-v2", "swav", "deepcluster-v2", "deepcluster"]
               from preset in (string[])["cpu-small", "cifar-resnet18", "imagenet-resnet50"]
               select (method, preset),
        ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Should_Fit_Every_Preset(string method, string preset)
    {
        var options = RunOptions.Resolve(new RunRequest { Set = [$"preset={preset}", $"pretrain.method={method}"] });
        Assert.Equal(method, options.Pretrain.Method);
        Assert.Equal(Presets.Get(preset).Options.Pretrain.Arch, options.Pretrain.Arch);
        Assert.NotEqual(Presets.Get(preset).Options.Pretrain.Optimizer, options.Pretrain.Optimizer);
    }

    [Fact]
    public void Should_Hold_What_Is_Published()
    {
        var moco = Pretrain("imagenet-resnet50", "moco-v2");
        Assert.Equal(
            (256, 200.0, 0.03, 1e-4, 65_536, 0.999, 0.2),
            (
                moco.BatchSize, moco.Epochs, moco.Optimizer.LearningRate, moco.Optimizer.WeightDecay, moco.Methods.Get<MocoOptions>().Queue,
                moco.Methods.Get<MocoOptions>().Momentum,
                moco.Methods.Get<MocoOptions>().Temperature));
        var swav = Pretrain("imagenet-resnet50", "swav");
        Assert.Equal(
            (6, 3000, 3840, 0.0006, 0.001),
            (
                swav.LocalViews.Count, swav.Methods.Get<SwavOptions>().Prototypes, swav.Methods.Get<SwavOptions>().Queue,
                swav.Optimizer.LearningRate * swav.Optimizer.FinalFraction,
                swav.Optimizer.TrustCoefficient));
        Assert.Equal(96, swav.LocalViews.Fraction * swav.Views.Size, 1e-9);
        var second = Pretrain("imagenet-resnet50", "deepcluster-v2");
        Assert.Equal(
            (4096, 4.8, 3, 3000),
            (
                second.BatchSize, second.Optimizer.LearningRate, second.Methods.Get<DeepClusterV2Options>().Heads,
                second.Methods.Get<DeepClusterV2Options>().Prototypes));
        Assert.Equal(96, second.LocalViews.Fraction * second.Views.Size, 1e-9);
        var first = Pretrain("imagenet-resnet50", "deepcluster");
        Assert.Equal(
            (10_000, 256, 20, 0.05),
            (
                first.Methods.Get<DeepClusterOptions>().Clusters,
                first.Methods.Get<DeepClusterOptions>().Components,
                first.Methods.Get<DeepClusterOptions>().Iterations,
                first.Optimizer.RateAt(999, 1000)));
    }

    private static PretrainOptions Pretrain(string preset, string method) =>
        RunOptions.Resolve(new RunRequest { Set = [$"preset={preset}", $"pretrain.method={method}"] }).Pretrain;
}
