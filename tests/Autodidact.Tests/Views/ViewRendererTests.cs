using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Views;

namespace Autodidact.Tests.Views;

public class ViewRendererTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(19)]
    [InlineData(32)]
    public void Should_Reproduce_The_Image_Exactly_At_Its_Own_Size(int size)
    {
        var pixels = FormulaImages.Edges(size, size);
        var output = Render(pixels, size, size, ViewRecipe.Plain(size, PixelNormalization.None));
        for (var i = 0; i < pixels.Length; i++)
            Assert.Equal(pixels[i] / 255f, output[i], 1e-6f);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 31)]
    [InlineData(7, 2)]
    [InlineData(9, 1)]
    [InlineData(20, 64)]
    [InlineData(33, 5)]
    public void Should_Match_A_Plain_Loop_At_Any_Size(int size, int source)
    {
        // One colour through every vector tail: the expected value is the same everywhere.
        var pixels = Enumerable.Range(0, source * source * 3).Select(i => (byte)(40 + (60 * (i % 3)))).ToArray();
        var recipe = new ViewRecipe
        {
            Size = size,
            GaussianBlur = new GaussianBlur { Probability = 1 },
            ColorJitter = new ColorJitter { Contrast = 0.5, Saturation = 0.5, Hue = 0.5 },
            FlipProbability = 1,
            Normalization = PixelNormalization.None,
        };
        var random = new CounterRandom(3);
        var parameters =
            ParameterSampler.Sample(
                recipe, source, source, ref random) with
            { Contrast = 0.5f, Saturation = 1, Hue = 1f / 3, Order = JitterOrder.Natural };
        var output = new float[ViewRenderer.OutputLength(recipe)];
        new ViewRenderer().Render(pixels, source, source, recipe, parameters, output);

        // Contrast halves the distance to the grey; a third of a turn moves red to green, green to blue, blue to red.
        var grey = ((0.299 * 40) + (0.587 * 100) + (0.114 * 160)) / 255;
        double[] halved = [(40 / 510.0) + (grey / 2), (100 / 510.0) + (grey / 2), (160 / 510.0) + (grey / 2)];
        for (var i = 0; i < output.Length; i++)
            Assert.Equal(halved[((i % 3) + 2) % 3], output[i], 1e-5);
    }

    [Fact]
    public void Should_Fill_What_A_Padding_Crop_Takes_From_Outside()
    {
        const int Size = 12;
        var pixels = FormulaImages.Edges(Size, Size);
        var recipe = new ViewRecipe
        {
            Size = Size,
            PaddingCrop = new PaddingCrop { Pixels = 4, Fill = 128 },
            Normalization = PixelNormalization.None,
        };
        foreach (var (top, left) in new[] { (-4, -4), (4, 4), (-3, 2), (0, 0), (1, -4) })
        {
            var output = new float[ViewRenderer.OutputLength(recipe)];
            new ViewRenderer().Render(pixels, Size, Size, recipe, new ViewParameters { Box = new PixelBox(top, left, Size, Size) }, output);
            for (var i = 0; i < output.Length; i++)
            {
                var (x, y) = ((i / 3 % Size) + left, (i / 3 / Size) + top);
                var expected = x is >= 0 and < Size && y is >= 0 and < Size ? pixels[(((y * Size) + x) * 3) + (i % 3)] : (byte)128;
                Assert.Equal(expected / 255f, output[i], 1e-6f);
            }
        }
    }

    [Fact]
    public void Should_Keep_Every_Value_In_Range_Before_Normalisation()
    {
        var recipe =
            ViewSpec.SimClr(20, PixelNormalization.None, strength: 1, blurProbability: 0.5, interpolation: Interpolation.Bicubic).Views[0]
            with
            { Solarize = new Solarize { Probability = 0.3 } };
        var renderer = new ViewRenderer();
        var pixels = FormulaImages.Edges(28, 24);
        var output = new float[ViewRenderer.OutputLength(recipe)];
        for (uint i = 0; i < 2000; i++)
        {
            renderer.Render(pixels, 28, 24, recipe, new CounterRandom(5, 0, i), output);
            Assert.InRange(output.Min(), -1e-6f, 1);
            Assert.InRange(output.Max(), 0, 1 + 1e-6f);
        }
    }

    [Fact]
    public void Should_Allocate_Nothing_Once_Warm()
    {
        var recipe = ViewSpec.SimClr(32, PixelNormalization.ImageNet, blurProbability: 0.5).Views[0];
        var renderer = new ViewRenderer();
        var pixels = FormulaImages.Edges(32, 32);
        var output = new float[ViewRenderer.OutputLength(recipe)];
        for (uint i = 0; i < 500; i++)
            renderer.Render(pixels, 32, 32, recipe, new CounterRandom(5, 0, i), output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 500; i++)
            renderer.Render(pixels, 32, 32, recipe, new CounterRandom(5, 0, i), output);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Should_Transpose_The_Same_Without_Avx()
    {
        var rows = Enumerable.Range(0, 8)
            .Select(r => System.Runtime.Intrinsics.Vector256.Create([.. Enumerable.Range(0, 8).Select(c => (8f * r) + c)]))
            .ToArray();
        var plain = rows.ToArray();
        Lanes.Transpose(ref rows[0], ref rows[1], ref rows[2], ref rows[3], ref rows[4], ref rows[5], ref rows[6], ref rows[7]);
        Lanes.TransposeByElement(
            ref plain[0], ref plain[1], ref plain[2], ref plain[3], ref plain[4], ref plain[5], ref plain[6], ref plain[7]);
        for (var r = 0; r < 8; r++)
        {
            for (var c = 0; c < 8; c++)
            {
                Assert.Equal((8f * c) + r, rows[r][c]);
                Assert.Equal((8f * c) + r, plain[r][c]);
            }
        }
    }

    [Fact]
    public void Should_Refuse_Buffers_That_Do_Not_Fit()
    {
        var renderer = new ViewRenderer();
        var recipe = ViewRecipe.Plain(8, PixelNormalization.None);
        Assert.Throws<ArgumentException>(() => renderer.Render(new byte[10], 8, 8, recipe, default, new float[192]));
        Assert.Throws<ArgumentException>(() => renderer.Render(new byte[192], 8, 8, recipe, default, new float[191]));
    }

    private static float[] Render(byte[] pixels, int height, int width, ViewRecipe recipe)
    {
        var output = new float[ViewRenderer.OutputLength(recipe)];
        new ViewRenderer().Render(pixels, height, width, recipe, new CounterRandom(1), output);
        return output;
    }
}
