using System.Text.Json;
using Autodidact.Clustering;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Tests.Clustering;

/// <summary>
/// Against tools/reference/kmeans.py: scikit-learn, and NumPy loops for the spherical kind, from the same initial centroids.
/// </summary>
public class KMeansReferenceTests
{
    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "kmeans", name);

    [Fact]
    public void Should_End_Where_Scikit_Learn_Ends()
    {
        var (expected, iterations) = Expected("plain");
        using var rows = NpyFile.ReadMatrix(Fixture("rows.npy"));
        using var initial = NpyFile.ReadMatrix(Fixture("initial.npy"));
        using var result = Clusters.Fit(
            rows, initial, new KMeansOptions { Clusters = initial.Rows, MaxIterations = iterations, Tolerance = 0 });

        Assert.Equal(1, result.Inertia / expected.GetProperty("inertia").GetDouble(), 1e-5);
        Assert.Equal(expected.GetProperty("assignments").EnumerateArray().Select(v => v.GetInt32()), result.Assignments);
        AssertClose(expected.GetProperty("distances"), result.Distances);
        AssertClose(expected.GetProperty("margins"), result.Margins);
    }

    [Fact]
    public void Should_End_Where_The_Formula_Ends_When_Spherical()
    {
        var (expected, iterations) = Expected("spherical");
        using var rows = NpyFile.ReadMatrix(Fixture("rows.npy"));
        using var initial = NpyFile.ReadMatrix(Fixture("initial.npy"));
        foreach (var matrix in new[] { rows, initial })
        {
            foreach (ref var value in matrix.Block(0, matrix.Rows))
                value -= expected.GetProperty("shift").GetInt32();
        }

        using var result = Clusters.Fit(
            rows, initial, new KMeansOptions { Clusters = initial.Rows, MaxIterations = iterations, Tolerance = 0, Spherical = true });

        Assert.Equal(1, result.Inertia / expected.GetProperty("inertia").GetDouble(), 1e-5);
        Assert.Equal(expected.GetProperty("assignments").EnumerateArray().Select(v => v.GetInt32()), result.Assignments);
    }

    private static (JsonElement Expected, int Iterations) Expected(string kind)
    {
        using var stream = File.OpenRead(Fixture("expected.json"));
        using var document = JsonDocument.Parse(stream);
        return (document.RootElement.GetProperty(kind).Clone(), document.RootElement.GetProperty("iterations").GetInt32());
    }

    private static void AssertClose(JsonElement expected, float[] actual)
    {
        var wanted = expected.EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Assert.Equal(wanted.Length, actual.Length);
        for (var i = 0; i < wanted.Length; i++)
            Assert.Equal(wanted[i], actual[i], 1e-4);
    }
}
