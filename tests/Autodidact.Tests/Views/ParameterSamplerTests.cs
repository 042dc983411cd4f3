using System.Text.Json;
using Autodidact.Numerics;
using Autodidact.Views;

namespace Autodidact.Tests.Views;

/// <summary>Random parameters: distributions against torchvision's (tools/reference/views.py), edges by hand.</summary>
public class ParameterSamplerTests
{
    private static readonly JsonElement _fixture = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "views", "distributions.json"))).RootElement;

    private static int Samples => _fixture.GetProperty("samples").GetInt32();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Should_Draw_Crops_As_Torchvision_Does(int number)
    {
        var expected = _fixture.GetProperty("crops")[number];
        var (height, width) = (expected.GetProperty("height").GetInt32(), expected.GetProperty("width").GetInt32());
        var (scale, ratio) = (Pair(expected, "scale"), Pair(expected, "ratio"));
        var crop = new ResizedCrop { ScaleMin = scale.Low, ScaleMax = scale.High, RatioMin = ratio.Low, RatioMax = ratio.High };
        var boxes = Draw((ref CounterRandom random) => ParameterSampler.CropBox(crop, height, width, ref random));

        Assert.All(boxes, b =>
            Assert.True(
                b is { Top: >= 0, Left: >= 0, Height: > 0, Width: > 0 } && b.Top + b.Height <= height && b.Left + b.Width <= width));

        // Sides are whole pixels: a quantile may fall on either side of a step.
        SameQuantiles(expected, "area", boxes.Select(b => (double)b.Height * b.Width / (height * width)), 0.02);
        SameQuantiles(expected, "aspect", boxes.Select(b => (double)b.Width / b.Height), 0.04);
        SameQuantiles(expected, "top", boxes.Select(b => (double)b.Top / height), 1.01 / height);
        SameQuantiles(expected, "left", boxes.Select(b => (double)b.Left / width), 1.01 / width);
    }

    [Fact]
    public void Should_Draw_Erased_Boxes_As_Torchvision_Does()
    {
        var expected = _fixture.GetProperty("erasings")[0];
        var size = expected.GetProperty("size").GetInt32();
        var boxes = Draw((ref CounterRandom random) => ParameterSampler.ErasedBox(new RandomErasing(), size, ref random));

        SameQuantiles(expected, "area", boxes.Select(b => (double)b.Height * b.Width / (size * size)), 0.01);
        SameQuantiles(expected, "aspect", boxes.Select(b => (double)b.Height / b.Width), 0.1);
        SameQuantiles(expected, "top", boxes.Select(b => (double)b.Top / size), 1.01 / size);
    }

    [Fact]
    public void Should_Draw_Jitter_As_Torchvision_Does()
    {
        var expected = _fixture.GetProperty("jitter");
        var amounts = expected.GetProperty("amounts").EnumerateArray().Select(a => a.GetDouble()).ToArray();
        var recipe = new ViewRecipe
        {
            Size = 32,
            ColorJitter = new ColorJitter { Brightness = amounts[0], Contrast = amounts[1], Saturation = amounts[2], Hue = amounts[3] },
        };
        var drawn = Draw((ref CounterRandom random) => ParameterSampler.Sample(recipe, 32, 32, ref random));

        SameQuantiles(expected, "brightness", drawn.Select(p => (double)p.Brightness), 0.03);
        SameQuantiles(expected, "contrast", drawn.Select(p => (double)p.Contrast), 0.02);
        SameQuantiles(expected, "saturation", drawn.Select(p => (double)p.Saturation), 0.04);
        SameQuantiles(expected, "hue", drawn.Select(p => (double)p.Hue), 0.01);
        var orders = drawn.CountBy(p => p.Order).ToList();
        Assert.Equal(expected.GetProperty("orders").GetInt32(), orders.Count);
        Assert.All(orders, o => Assert.InRange(o.Value / (double)Samples, 0.034, 0.050)); // 1/24 = 0.0417
        Assert.All(orders, o => Assert.Equal(4, Enumerable.Range(0, 4).Select(i => o.Key[i]).Distinct().Count()));
    }

    [Fact]
    public void Should_Apply_Each_Operation_As_Often_As_Its_Probability_Says()
    {
        var recipe = new ViewRecipe
        {
            Size = 32,
            FlipProbability = 0.5,
            ColorJitter = new ColorJitter { Brightness = 0.4, Probability = 0.8 },
            GrayscaleProbability = 0.2,
            GaussianBlur = new GaussianBlur { Probability = 0.3 },
            Solarize = new Solarize { Probability = 0.1 },
            RandomErasing = new RandomErasing { Probability = 0.6 },
        };
        var drawn = Draw((ref CounterRandom random) => ParameterSampler.Sample(recipe, 32, 32, ref random));

        Share(0.5, drawn, p => p.Flip);
        Share(0.8, drawn, p => p.Brightness != 1);
        Share(0.2, drawn, p => p.Grayscale);
        Share(0.3, drawn, p => p.BlurSigma > 0);
        Share(0.1, drawn, p => p.Solarize);
        Share(0.6, drawn, p => p.Erased.Width > 0);
        Assert.All(drawn, p => Assert.InRange(p.BlurSigma, 0, 2));
    }

    [Theory]
    [InlineData(100, 10, 0.75, 1.333, 43, 0, 13, 10)]
    [InlineData(10, 100, 0.75, 1.333, 0, 43, 10, 13)]
    [InlineData(30, 32, 0.75, 1.333, 0, 0, 30, 32)]
    public void Should_Fall_Back_On_The_Largest_Central_Box(
        int height, int width, double ratioMin, double ratioMax, int top, int left, int h, int w)
    {
        var crop = new ResizedCrop { RatioMin = ratioMin, RatioMax = ratioMax };
        Assert.Equal(new PixelBox(top, left, h, w), ParameterSampler.CentralBox(crop, height, width));
    }

    [Fact]
    public void Should_Place_Padding_Crops_Everywhere_Equally_Often()
    {
        var recipe = new ViewRecipe { Size = 32, PaddingCrop = new PaddingCrop { Pixels = 2 } };
        var places = Draw((ref CounterRandom random) => ParameterSampler.Sample(recipe, 32, 32, ref random)).CountBy(p => p.Box).ToList();

        Assert.Equal(25, places.Count);
        Assert.All(places, p => Assert.True(p.Key is { Top: >= -2 and <= 2, Left: >= -2 and <= 2, Height: 32, Width: 32 }));
        Assert.All(places, p => Assert.InRange(p.Value / (double)Samples, 0.033, 0.047));
    }

    private delegate T Sampler<T>(ref CounterRandom random);

    private static List<T> Draw<T>(Sampler<T> sampler)
    {
        var drawn = new List<T>(Samples);
        for (var i = 0; i < Samples; i++)
        {
            var random = new CounterRandom(11, 0, (uint)i);
            drawn.Add(sampler(ref random));
        }

        return drawn;
    }

    private static void Share(double expected, List<ViewParameters> drawn, Func<ViewParameters, bool> applied) =>
        Assert.InRange(drawn.Count(applied) / (double)drawn.Count, expected - 0.012, expected + 0.012);

    private static (double Low, double High) Pair(JsonElement e, string name) =>
        (e.GetProperty(name)[0].GetDouble(), e.GetProperty(name)[1].GetDouble());

    private static void SameQuantiles(JsonElement expected, string name, IEnumerable<double> drawn, double tolerance)
    {
        var sorted = drawn.Order().ToArray();
        var quantiles =
            _fixture.GetProperty("quantiles").EnumerateArray().Select(q => sorted[(int)(q.GetDouble() * (sorted.Length - 1))]).ToArray();
        var wanted = expected.GetProperty(name).EnumerateArray().Select(q => q.GetDouble()).ToArray();
        for (var i = 0; i < wanted.Length; i++)
            Assert.True(
                Math.Abs(wanted[i] - quantiles[i]) <= tolerance,
                $"{name}: quantile {i} is {quantiles[i]:F4}, torchvision has {wanted[i]:F4}");
    }
}
