using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>Reference values made by tools/reference/siamese_losses.py.</summary>
internal static class SiameseFixtures
{
    public const int Batch = 6;
    public const int Dimensions = 5;

    /// <summary>Compares value and gradients with every case of a fixture, in double and in single precision, relative to their size.</summary>
    /// <param name="fixture">Name of the loss.</param>
    /// <param name="inputs">What is differentiated; their gradients lie one after the other in the fixture.</param>
    /// <param name="loss">The loss under test.</param>
    public static void AssertEqualsLoops(string fixture, Func<JsonElement, ScalarType, Tensor[]> inputs, Func<JsonElement, Tensor[], Tensor> loss)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "losses", "siamese.json")));
        var cases = document.RootElement.GetProperty(fixture).EnumerateArray().ToArray();
        Assert.NotEmpty(cases);
        foreach (var expected in cases)
        {
            foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-8), (ScalarType.Float32, 1e-4) })
            {
                using var scope = NewDisposeScope();
                var x = inputs(expected, type);
                var value = loss(expected, x);
                value.backward();
                var wanted = expected.GetProperty("value").GetDouble();
                var size = Math.Max(1, Math.Abs(wanted));
                Assert.Equal(wanted, value.to(ScalarType.Float64).item<double>(), tolerance * size);
                LossFixtures.AssertClose(expected.GetProperty("gradient"), cat([.. x.Select(part => part.grad!)]), 10 * tolerance * size);
            }
        }
    }
}
