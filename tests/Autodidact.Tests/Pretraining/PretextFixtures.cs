using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>Reference values made by tools/reference/pretext_losses.py.</summary>
internal static class PretextFixtures
{
    /// <summary>Rows of the memory of 9 that the batch's images have, and those drawn as noise.</summary>
    public static readonly long[] Rows = [7, 2, 5];
    public static readonly long[] Negatives = [0, 3, 3, 8, 2];

    public static IReadOnlyList<JsonElement> Cases(string loss)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "losses", "pretext.json"));
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty(loss).Clone().EnumerateArray()];
    }

    public static Tensor Memory(ScalarType type = ScalarType.Float64) => nn.functional.normalize(LossFixtures.Formula(9, 4, 0.8, type: type).detach(), p: 2, dim: 1);

    /// <summary>Compares value and gradient with every case of a fixture, in double and in single precision, relative to their size.</summary>
    public static void AssertEqualsLoops(string fixture, Func<ScalarType, Tensor> input, Func<JsonElement, Tensor, Tensor> loss)
    {
        var cases = Cases(fixture);
        Assert.NotEmpty(cases);
        foreach (var expected in cases)
        {
            foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-8), (ScalarType.Float32, 1e-4) })
            {
                using var scope = NewDisposeScope();
                var x = input(type);
                var value = loss(expected, x);
                value.backward();
                var wanted = expected.GetProperty("value").GetDouble();
                Assert.Equal(wanted, value.to(ScalarType.Float64).item<double>(), tolerance * Math.Max(1, Math.Abs(wanted)));
                LossFixtures.AssertClose(expected.GetProperty("gradient"), x.grad!, 10 * tolerance * Math.Max(1, Math.Abs(wanted)));
            }
        }
    }
}
