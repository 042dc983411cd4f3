using Autodidact.Stages;
using Autodidact.Tests.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Stages;

public class ViewRecipesTests
{
    [Fact]
    public void Views_Should_Grow_To_Their_Final_Side_And_Stay()
    {
        var options = new ViewOptions { StartFraction = 0.5, GrowUntil = 0.8 };
        var sides = Enumerable.Range(0, 101).Select(i => ViewRecipes.SizeAt(options, 32, i / 100.0)).ToArray();
        Assert.Equal(16, sides[0]);
        Assert.Equal(32, sides[80]);
        Assert.Equal(32, sides[100]);
        Assert.Equal(sides.Order(), sides);
        Assert.All(sides, side => Assert.Equal(0, side % 4));
    }

    [Fact]
    public void Every_Option_Should_Reach_The_Recipe()
    {
        var recipe = Recipe(new ViewOptions
        {
            CropScale = 0.3,
            CropScaleMax = 0.7,
            Interpolation = Interpolation.Bicubic,
            Flip = 0.25,
            Jitter = 0.6,
            Hue = 0.15,
            JitterProbability = 0.7,
            Grayscale = 0.35,
            Blur = 0.45,
            Solarize = 0.55,
            Erase = 0.65,
        });
        Assert.Equal((0.3, 0.7, Interpolation.Bicubic), (recipe.Crop!.ScaleMin, recipe.Crop.ScaleMax, recipe.Crop.Interpolation));
        Assert.Null(recipe.PaddingCrop);
        Assert.Equal((0.25, 0.35), (recipe.FlipProbability, recipe.GrayscaleProbability));
        var jitter = recipe.ColorJitter!;
        Assert.Equal((0.6, 0.6, 0.6, 0.15, 0.7), (jitter.Brightness, jitter.Contrast, jitter.Saturation, jitter.Hue, jitter.Probability));
        Assert.Equal(
            (0.45, 0.55, 0.65), (recipe.GaussianBlur!.Probability, recipe.Solarize!.Probability, recipe.RandomErasing!.Probability));
    }

    [Fact]
    public void Options_At_Zero_Should_Leave_The_Operation_Out()
    {
        var recipe = Recipe(new ViewOptions { CropScale = 1, Flip = 0, Jitter = 0, Hue = 0, Grayscale = 0 });
        Assert.Null(
            recipe.Crop
                ?? (object?)recipe.PaddingCrop
                ?? recipe.ColorJitter
                ?? (object?)recipe.GaussianBlur
                ?? recipe.Solarize
                ?? (object?)recipe.RandomErasing);
        Assert.Equal((0, 0), (recipe.FlipProbability, recipe.GrayscaleProbability));
    }

    [Fact]
    public void Padding_Should_Count_In_The_Images_Pixels_Whatever_The_Views_Side() =>
        Assert.Equal(2, Recipe(new ViewOptions { Padding = 0.125, Size = 64 }).PaddingCrop!.Pixels);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Views_Smaller_Than_A_Step_Should_Keep_Their_Side(int side) =>
        Assert.Equal(side, ViewRecipes.SizeAt(new ViewOptions { StartFraction = 0.5 }, side, 0));

    private static ViewRecipe Recipe(ViewOptions options) =>
        ViewRecipes.Schedule(options, TinyProblem.ImageSet(), options.Size == 0 ? 16 : options.Size, PixelNormalization.Cifar10, views: 2)(
            0.9).Views[1];

    [Fact]
    public void Views_Should_Keep_One_Side_Where_Nothing_Grows()
    {
        Assert.All(Enumerable.Range(0, 11), i => Assert.Equal(30, ViewRecipes.SizeAt(new ViewOptions(), 30, i / 10.0)));
    }
}
