using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Training;

namespace Autodidact.Tests.Pipeline;

public class RunOptionsTests
{
    [Fact]
    public void Should_Take_The_Preset_Then_Flags_Then_Sets()
    {
        var options = RunOptions.Resolve(new RunRequest
        {
            Preset = "cifar-resnet18",
            Clusters = "50",
            Seed = 9,
            Set = ["cluster.k=60", "pretrain.optimizer.kind=sgd"],
        });
        Assert.Equal("resnet18-cifar", options.Pretrain.Arch);
        Assert.Equal(60, options.Cluster.K);
        Assert.Equal(9ul, options.Seed);
        Assert.Equal(OptimizerKind.Sgd, options.Pretrain.Optimizer.Kind);
    }

    [Fact]
    public void Should_Let_A_Budget_Replace_The_Presets_Epochs_But_Not_Those_The_User_Sets()
    {
        var options = RunOptions.Resolve(new RunRequest { Preset = "cifar-resnet18", Budget = TimeSpan.FromMinutes(30), Set = ["distill.epochs=4"] });
        Assert.Equal(0, options.Pretrain.Epochs);
        Assert.Equal(4, options.Distill.Epochs);
    }

    [Fact]
    public void Should_Set_The_Weights_A_Method_Stands_For_Before_Single_Ones()
    {
        var options = RunOptions.Resolve(new RunRequest { DistillMethod = "byot-journal", Set = ["distill.loss.temperature=4"] });
        Assert.False(options.Distill.Loss.TemperatureSquared);
        Assert.True(options.Distill.Loss.HintAdaptation);
        Assert.Equal(4, options.Distill.Loss.Temperature);
    }

    [Theory]
    [InlineData("pretrain.epoch=3", "pretrain.epochs")]
    [InlineData("pretrain.epochs=-1", "pretrain.epochs")]
    [InlineData("pretrain.epochs", "name=value")]
    [InlineData("distill.method=magic", "sssd")]
    [InlineData("pretrain.arch=vgg11", "resnet")]
    [InlineData("budget=0m", "budget")]
    public void Should_Refuse_What_Means_Nothing(string set, string mentions)
    {
        var failure = Assert.Throws<AutodidactException>(() => RunOptions.Resolve(new RunRequest { Set = [set] }));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(mentions, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_Student_From_An_Encoder_Of_Another_Architecture()
    {
        var request = new RunRequest { StudentArch = "resnet18-cifar", Set = ["distill.from_encoder=true"] };
        Assert.Throws<AutodidactException>(() => RunOptions.Resolve(request));
    }

    [Fact]
    public void Every_Preset_Should_Survive_Being_Written_Down()
    {
        Assert.All(Presets.All, preset => Assert.Empty(OptionBinder.Diff(preset.Options, OptionJson.FromJson<RunOptions>(OptionJson.ToJson(preset.Options), "test"))));
        Assert.All(Presets.All, preset => Assert.Equal(preset.Name, preset.Options.Preset));
    }
}
