using System.Text.Json;
using Autodidact.Views;

namespace Autodidact.Tests.Views;

/// <summary>Operations with given parameters against torchvision 0.14 and Pillow 9.4 (tools/reference/views.py).</summary>
public class OperationsTests
{
    /// <summary>torchvision's float path differs by its grey weights (0.2989 for 0.299) and by summation order alone.</summary>
    private const double TensorTolerance = 0.0004;

    /// <summary>
    /// Pillow's values are bytes, some of them cut off, not rounded: ours, rounded to bytes too, are at most one level away.
    /// </summary>
    private const double PillowTolerance = (1 / 255.0) + FixtureRounding;

    /// <summary>The fixture has four decimals.</summary>
    private const double FixtureRounding = 0.00006;

    private static readonly JsonElement _fixture = Read();

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var c in _fixture.GetProperty("cases").EnumerateArray())
                data.Add(c.GetProperty("name").GetString()!, c.GetProperty("path").GetString()!);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Should_Agree_With_Torchvision(string name, string path)
    {
        var expected = _fixture.GetProperty("cases").EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == name && c.GetProperty("path").GetString() == path);
        var (recipe, parameters) = Translate(expected);
        var (height, width) = (_fixture.GetProperty("height").GetInt32(), _fixture.GetProperty("width").GetInt32());
        var pixels = expected.GetProperty("picture").GetString() == "smooth"
            ? FormulaImages.Smooth(height, width)
            : FormulaImages.Edges(height, width);
        var output = new float[ViewRenderer.OutputLength(recipe)];

        new ViewRenderer().Render(pixels, height, width, recipe, parameters, output);

        var values = expected.GetProperty("values").EnumerateArray().Select(v => v.GetInt32() / 10000.0).ToArray();
        Assert.Equal(values.Length, output.Length);
        var scale = recipe.Normalization == PixelNormalization.None ? 1 : 1 / recipe.Normalization.Std.Green;
        var tolerance = (path == "pillow" ? PillowTolerance : TensorTolerance) * scale;
        var worst = values.Zip(output, (e, o) => Math.Abs(e - (path == "pillow" ? Math.Round(o * 255) / 255 : o))).Max();
        Assert.True(worst <= tolerance, $"{name} ({path}): differs by {worst:F5}, allowed {tolerance:F5}");
    }

    private static (ViewRecipe Recipe, ViewParameters Parameters) Translate(JsonElement c)
    {
        var box = c.GetProperty("box").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        var interpolation = c.GetProperty("mode").GetString() == "bicubic" ? Interpolation.Bicubic : Interpolation.Bilinear;
        var recipe = new ViewRecipe
        {
            Size = c.GetProperty("size").GetInt32(),
            Crop = new ResizedCrop { Interpolation = interpolation },
            Normalization = PixelNormalization.None,
        };
        var parameters = new ViewParameters { Box = new PixelBox(box[0], box[1], box[2], box[3]) };
        var order = new List<JitterPart>();
        foreach (var operation in c.GetProperty("operations").EnumerateArray())
        {
            var p = operation.GetProperty("parameters").EnumerateArray().Select(v => v.GetDouble()).ToArray();
            switch (operation.GetProperty("name").GetString())
            {
                case "flip": parameters.Flip = true; break;
                case "brightness": parameters.Brightness = (float)p[0]; order.Add(JitterPart.Brightness); break;
                case "contrast": parameters.Contrast = (float)p[0]; order.Add(JitterPart.Contrast); break;
                case "saturation": parameters.Saturation = (float)p[0]; order.Add(JitterPart.Saturation); break;
                case "hue": parameters.Hue = (float)p[0]; order.Add(JitterPart.Hue); break;
                case "grayscale": parameters.Grayscale = true; break;
                case "blur":
                    recipe = recipe with { GaussianBlur = new GaussianBlur { KernelFraction = (p[0] + 0.01) / recipe.Size } };
                    Assert.Equal((int)p[0], recipe.GaussianBlur.KernelSize(recipe.Size));
                    parameters.BlurSigma = (float)p[1];
                    break;
                case "solarize": recipe = recipe with { Solarize = new Solarize() }; parameters.Solarize = true; break;
                case "normalize": recipe = recipe with { Normalization = PixelNormalization.ImageNet }; break;
                case "erase": parameters.Erased = new PixelBox((int)p[0], (int)p[1], (int)p[2], (int)p[3]); break;
                case var unknown:
                    throw new InvalidOperationException(
                    $"the fixture has an operation of which the test knows nothing: {unknown}");
            }
        }

        order.AddRange(Enum.GetValues<JitterPart>().Except(order));
        parameters.Order = JitterOrder.Of(order[0], order[1], order[2], order[3]);
        return (recipe, parameters);
    }

    private static JsonElement Read() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "views", "operations.json"))).RootElement;
}
