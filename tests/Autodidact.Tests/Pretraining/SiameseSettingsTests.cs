using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Training;

namespace Autodidact.Tests.Pretraining;

/// <summary>Settings of presets with BYOL, SimSiam, Barlow Twins, VICReg, EMP-SSL and DINO.</summary>
public class SiameseSettingsTests
{
    [Theory]
    [InlineData("cifar-resnet18", "byol", OptimizerKind.Lars, 1.0, 1e-5, 256)]
    [InlineData("cifar-resnet18", "simsiam", OptimizerKind.Sgd, 0.5, 1e-5, 256)]
    [InlineData("cifar-resnet18", "barlow-twins", OptimizerKind.Lars, 0.3, 1e-4, 256)]
    [InlineData("cifar-resnet18", "vicreg", OptimizerKind.Lars, 0.3, 1e-4, 256)]
    [InlineData("cifar-resnet18", "emp-ssl", OptimizerKind.Lars, 0.3, 1e-4, 100)]
    [InlineData("imagenet-resnet50", "emp-ssl", OptimizerKind.Lars, 0.3, 1e-4, 100)]
    [InlineData("cifar-resnet18", "dino", OptimizerKind.Lars, 0.3, 1e-6, 256)]
    [InlineData("imagenet-resnet50", "byol", OptimizerKind.Lars, 0.45 * 4096 / 256, 1e-6, 4096)]
    [InlineData("imagenet-resnet50", "simsiam", OptimizerKind.Sgd, 0.05 * 512 / 256, 1e-4, 512)]
    [InlineData("imagenet-resnet50", "barlow-twins", OptimizerKind.Lars, 0.2 * 2048 / 256, 1e-6, 2048)]
    [InlineData("imagenet-resnet50", "vicreg", OptimizerKind.Lars, 0.3 * 512 / 256, 1e-6, 512)]
    [InlineData("imagenet-resnet50", "dino", OptimizerKind.Sgd, 0.03 * 512 / 256, 1e-4, 512)]
    public void Published_Rates_Should_Come_With_The_Method(
        string preset, string method, OptimizerKind kind, double rate, double decay, int batch)
    {
        var options = Resolve(preset, method);
        Assert.Equal((kind, decay, batch), (options.Optimizer.Kind, options.Optimizer.WeightDecay, options.BatchSize));
        Assert.Equal(rate, options.Optimizer.LearningRate, 1e-12);
    }

    [Theory]
    [InlineData("byol")]
    [InlineData("barlow-twins")]
    [InlineData("vicreg")]
    [InlineData("dino")]
    public void Second_Views_Of_ImageNet_Should_Be_Unlike(string method)
    {
        var options = Resolve("imagenet-resnet50", method);
        Assert.Equal(
            (1, 0.1, 0, 0.2),
            (options.Views.Blur, options.SecondView.Blur!.Value, options.Views.Solarize, options.SecondView.Solarize!.Value));
    }

    [Fact]
    public void Local_Views_Should_Be_96_Of_224_Pixels()
    {
        var options = Resolve("imagenet-resnet50", "dino");
        Assert.Equal((8, 96), (options.LocalViews.Count, (int)Math.Round(options.Views.Size * options.LocalViews.Fraction)));
    }

    [Theory]
    [InlineData("cifar-resnet18")]
    [InlineData("imagenet-resnet50")]
    public void Views_Of_EmpSsl_Should_Be_Many_And_A_Quarter_Of_The_Image(string preset)
    {
        var options = Resolve(preset, "emp-ssl");
        Assert.Equal((20, 0.25, 0.25), (options.Methods.Get<EmpSslOptions>().Views, options.Views.CropScale, options.Views.CropScaleMax));
    }

    private static PretrainOptions Resolve(string preset, string method) =>
        RunOptions.Resolve(new RunRequest { Set = [$"preset={preset}", $"pretrain.method={method}"] }).Pretrain;
}
