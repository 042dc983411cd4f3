using Autodidact.Pretraining;
using Autodidact.Views;

namespace Autodidact.Tests.Views;

public class ViewRecipeTests
{
    private static readonly ViewRecipe _plain = ViewRecipe.Plain(32, PixelNormalization.ImageNet);

    public static TheoryData<string, ViewRecipe> Wrong => new()
    {
        { "Size", _plain with { Size = 0 } },
        { "FlipProbability", _plain with { FlipProbability = 1.1 } },
        { "GrayscaleProbability", _plain with { GrayscaleProbability = double.NaN } },
        { "PaddingCrop", _plain with { Crop = new ResizedCrop(), PaddingCrop = new PaddingCrop() } },
        { "PaddingCrop.Pixels", _plain with { PaddingCrop = new PaddingCrop { Pixels = -1 } } },
        { "Crop.Scale", _plain with { Crop = new ResizedCrop { ScaleMin = 0.9, ScaleMax = 0.5 } } },
        { "Crop.Ratio", _plain with { Crop = new ResizedCrop { RatioMin = 0 } } },
        { "ColorJitter.Hue", _plain with { ColorJitter = new ColorJitter { Hue = 0.6 } } },
        { "ColorJitter.Contrast", _plain with { ColorJitter = new ColorJitter { Contrast = -1 } } },
        { "GaussianBlur.Sigma", _plain with { GaussianBlur = new GaussianBlur { SigmaMin = 0 } } },
        { "Solarize.Threshold", _plain with { Solarize = new Solarize { Threshold = 2 } } },
        { "RandomErasing.Scale", _plain with { RandomErasing = new RandomErasing { ScaleMax = 1.5 } } },
        { "Normalization.Std", _plain with { Normalization = new PixelNormalization(default, default) } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Should_Refuse_A_Value_Out_Of_Range_And_Name_It(string name, ViewRecipe recipe)
    {
        var failure = Assert.Throws<AutodidactException>(recipe.Validate);
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains($"{name} is", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Accept_Its_Own_Presets()
    {
        ViewSpec.Plain(32, PixelNormalization.Cifar10).Validate();
        ViewSpec.SimClr(224, PixelNormalization.ImageNet, blurProbability: 0.5).Validate();
        Assert.Throws<AutodidactException>(new ViewSpec { Views = [] }.Validate);
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(32, 3)]
    [InlineData(64, 7)]
    [InlineData(96, 9)]
    [InlineData(224, 23)]
    public void Should_Choose_An_Odd_Blur_Kernel_Of_A_Tenth_Of_The_Size(int size, int kernel) =>
        Assert.Equal(kernel, new GaussianBlur().KernelSize(size));
}
