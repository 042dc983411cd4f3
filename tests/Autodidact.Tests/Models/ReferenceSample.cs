using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

/// <summary>Shape, spread and some values of a tensor as <c>tools/reference/models.py</c> recorded them.</summary>
internal sealed record ReferenceSample(long[] Shape, double Rms, double Mean, double[] Values)
{
    public const double Tolerance = 1e-4;

    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static T[] Load<T>(string file) =>
        JsonSerializer.Deserialize<T[]>(File.ReadAllText(Path.Combine("Fixtures", "models", file)), _json)!;

    /// <summary>Every key with its shape, as one digest: what torchvision's state dictionary must equal.</summary>
    public static string DigestOfKeys(nn.Module module)
    {
        var lines = module.NamedState().Select(pair => $"{pair.Key} {string.Join('x', pair.Value.shape)}").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }

    public void AssertEqual(Tensor actual)
    {
        Assert.Equal(Shape, actual.shape);
        using var scope = NewDisposeScope();
        var values = actual.detach().contiguous().flatten().to(ScalarType.Float64).data<double>().ToArray();
        Assert.InRange(values.Average() - Mean, -Tolerance, Tolerance);
        Assert.InRange(Math.Sqrt(values.Average(v => v * v)) - Rms, -Tolerance, Tolerance);
        for (var i = 0; i < Values.Length; i++)
        {
            var place = i * (values.Length - 1L) / (Values.Length - 1);
            Assert.True(Math.Abs(values[place] - Values[i]) < Tolerance, $"value {place}: {values[place]}, expected {Values[i]}");
        }
    }
}
