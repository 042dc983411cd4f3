using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests;

/// <summary>Reference values made by tools/reference/losses.py, and the formula that makes their inputs on both sides.</summary>
internal static class LossFixtures
{
    public static JsonElement Load(string name)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "losses", "losses.json"));
        return JsonDocument.Parse(stream).RootElement.GetProperty(name).Clone();
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
