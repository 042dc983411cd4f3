using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests;

/// <summary>Reference values made by scripts of tools/reference, and the formula that makes their inputs on both sides.</summary>
internal static class LossFixtures
{
    public static JsonElement Load(string name) => Load("losses", name);

    /// <summary>The cases of a loss in a file of fixtures; a list without a case is a failure.</summary>
    public static JsonElement Load(string file, string name)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "losses", $"{file}.json"));
        using var document = JsonDocument.Parse(stream);
        var fixture = document.RootElement.GetProperty(name).Clone();
        Assert.False(fixture.ValueKind == JsonValueKind.Array && fixture.GetArrayLength() == 0, $"{file}.json: no case of {name}");
        return fixture;
    }

    /// <summary>Compares value and gradients with every case, in double and in single precision, relative to their size.</summary>
    /// <param name="cases">
    /// Each has a <c>value</c>, and a <c>gradient</c> of all inputs one after the other, or <c>gradients</c> of each.
    /// </param>
    /// <param name="inputs">What is differentiated.</param>
    /// <param name="loss">The loss under test.</param>
    public static void AssertEqualsLoops(
        IEnumerable<JsonElement> cases, Func<JsonElement, ScalarType, Tensor[]> inputs, Func<JsonElement, Tensor[], Tensor> loss)
    {
        var all = cases.ToArray();
        Assert.NotEmpty(all);
        foreach (var expected in all)
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
                if (expected.TryGetProperty("gradients", out var several))
                {
                    Assert.Equal(several.GetArrayLength(), x.Length);
                    foreach (var (gradient, input) in several.EnumerateArray().Zip(x))
                        AssertClose(gradient, input.grad!, 10 * tolerance * size);
                }
                else
                {
                    AssertClose(expected.GetProperty("gradient"), cat([.. x.Select(part => part.grad!.flatten())]), 10 * tolerance * size);
                }
            }
        }
    }

    public static Tensor Formula(int rows, int columns, double phase, double scale = 1, ScalarType type = ScalarType.Float64)
    {
        var values = new double[rows * columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = scale * Math.Sin((0.7548776662 * i) + phase);
        }

        return tensor(values, [rows, columns]).to(type).detach().requires_grad_(true);
    }

    public static void AssertClose(JsonElement expected, Tensor actual, double tolerance)
    {
        var values = actual.to(ScalarType.Float64).flatten().data<double>().ToArray();
        var wanted = expected.EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Assert.Equal(wanted.Length, values.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i], values[i], tolerance);
        }
    }
}
