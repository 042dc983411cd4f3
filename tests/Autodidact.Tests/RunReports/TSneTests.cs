using System.Text.Json;
using Autodidact.Numerics;
using Autodidact.RunReports;

namespace Autodidact.Tests.RunReports;

public class TSneTests
{
    private static readonly JsonElement Fixture = Load();

    [Fact]
    public void Should_Have_The_Similarities_Of_Plain_Loops()
    {
        using var rows = Formula(19, 5, 0.3, 1);
        var found = new TSne(rows, Fixture.GetProperty("perplexity").GetDouble()).Similarities.ToArray();
        Assert.Equal(1, found.Sum(p => (double)p), 1e-5);
        AssertClose("similarities", found, 1e-6);
    }

    [Fact]
    public void Should_Have_The_Divergence_And_Gradient_Of_Plain_Loops()
    {
        var (tsne, x, y) = Problem();
        Assert.Equal(Fixture.GetProperty("divergence").GetDouble(), tsne.Divergence(x, y), 1e-5);
        float[] alongX = new float[19], alongY = new float[19];
        tsne.Gradient(x, y, 1, alongX, alongY);
        AssertClose("gradient", [.. alongX.Zip(alongY).SelectMany(p => new[] { p.First, p.Second })], 1e-6);
    }

    [Fact]
    public void Should_Exaggerate_Attraction_Alone()
    {
        var (tsne, x, y) = Problem();
        float[][] g = [.. Enumerable.Range(0, 3).Select(_ => new float[19])];
        var other = new float[19];
        tsne.Gradient(x, y, 1, g[0], other);
        tsne.Gradient(x, y, 2, g[1], other);
        tsne.Gradient(x, y, 3, g[2], other);

        // Linear in the exaggeration, and not proportional to it: repulsion stays.
        for (var i = 0; i < 19; i++) Assert.Equal(g[1][i] - g[0][i], g[2][i] - g[1][i], 1e-5);
        Assert.NotEqual(2 * g[0][3], g[1][3], 1e-4);
    }

    [Fact]
    public void Should_Descend_As_Far_As_Scikit_Learn_And_The_Same_Way_Each_Time()
    {
        var (tsne, x, y) = Problem();
        tsne.Descend(x, y, TestContext.Current.CancellationToken);
        Assert.Equal(Fixture.GetProperty("reached").GetDouble(), tsne.Divergence(x, y), 0.02 * Fixture.GetProperty("reached").GetDouble());
        var (again, x2, y2) = Problem();
        again.Descend(x2, y2, TestContext.Current.CancellationToken);
        Assert.Equal(x, x2);
        Assert.Equal(y, y2);
    }

    [Fact]
    public void Should_Keep_Groups_Apart()
    {
        const int Groups = 4;
        using var rows = new FeatureMatrix(200, 8);
        var random = new CounterRandom(3);
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var d = 0; d < 8; d++) rows[i][d] = (d == i % Groups ? 4 : 0) + (random.NextUInt32() / (float)uint.MaxValue);
        }

        float[] x = [.. Enumerable.Range(0, 200).Select(i => rows[i][0])], y = [.. Enumerable.Range(0, 200).Select(i => rows[i][1])];
        new TSne(rows, 20, TestContext.Current.CancellationToken).Descend(x, y, TestContext.Current.CancellationToken);
        for (var i = 0; i < 200; i++)
        {
            var nearest = Enumerable.Range(0, 200).Where(j => j != i).MinBy(j => Math.Pow(x[i] - x[j], 2) + Math.Pow(y[i] - y[j], 2));
            Assert.Equal(i % Groups, nearest % Groups);
        }
    }

    [Fact]
    public void Should_Bear_Equal_Rows()
    {
        using var rows = new FeatureMatrix(20, 3);
        float[] x = [.. Enumerable.Range(0, 20).Select(i => (float)i)], y = new float[20];
        new TSne(rows, 5, TestContext.Current.CancellationToken).Descend(x, y, TestContext.Current.CancellationToken);
        Assert.All(x.Concat(y), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Should_Refuse_Too_Few_Rows_And_No_Perplexity()
    {
        using var few = new FeatureMatrix(3, 2);
        Assert.Contains("4 rows", Assert.Throws<ArgumentException>(() => new TSne(few, 5)).Message, StringComparison.Ordinal);
        using var enough = new FeatureMatrix(9, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TSne(enough, 1));
    }

    private static (TSne Problem, float[] X, float[] Y) Problem()
    {
        using var rows = Formula(19, 5, 0.3, 1);
        using var places = Formula(19, 2, 1.1, 2);
        return (
            new TSne(rows, Fixture.GetProperty("perplexity").GetDouble()),
            [.. Enumerable.Range(0, 19).Select(i => places[i][0])],
            [.. Enumerable.Range(0, 19).Select(i => places[i][1])]);
    }

    private static FeatureMatrix Formula(int rows, int columns, double phase, double scale)
    {
        using var values = LossFixtures.Formula(rows, columns, phase, scale, TorchSharp.torch.ScalarType.Float32);
        var matrix = new FeatureMatrix(rows, columns);
        values.detach().data<float>().ToArray().CopyTo(matrix.Block(0, rows));
        return matrix;
    }

    private static void AssertClose(string name, float[] found, double tolerance)
    {
        double[] wanted = [.. Fixture.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];
        Assert.Equal(wanted.Length, found.Length);
        for (var i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], found[i], tolerance);
    }

    private static JsonElement Load()
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "evaluation", "tsne.json"));
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
