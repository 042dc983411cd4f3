using System.Text.Json;
using Autodidact.Export;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Pretraining;
using Google.Protobuf;

namespace Autodidact.Tests.Pretraining;

public sealed class PatchKMeansTests : IDisposable
{
    private const int Side = 9;
    private const int Count = 24;
    private static readonly PatchKMeansOptions _options = new() { Dictionary = 7, PatchSize = 4, Patches = 900, Iterations = 8 };
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-patches-").FullName;
    private readonly InMemoryImages _images = Pictures();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// Against tools/reference/patch_kmeans.py: patches of given places, what whitens them, and with given centroids the features of whole
    /// pictures.
    /// </summary>
    [Fact]
    public void Should_Equal_Plain_Loops_From_Patches_To_Features()
    {
        var fixture = Reference();
        Assert.NotEmpty(fixture.Cases);
        var (side, size, count) = (fixture.Side, fixture.PatchSize, fixture.Places.Length);
        float[] pixels = [.. fixture.Pictures.SelectMany(picture => picture)];
        foreach (var expected in fixture.Cases)
        {
            using var patches = new FeatureMatrix(count, 3 * size * size);
            for (var i = 0; i < count; i++)
            {
                var (picture, top, left) = (fixture.Places[i][0], fixture.Places[i][1], fixture.Places[i][2]);
                PatchKMeans.Take(fixture.Pictures[picture], side, top, left, size, expected.ContrastOffset, patches[i]);
            }

            for (var i = 0; i < expected.Normalized.Length; i++) AssertClose(expected.Normalized[i], patches[i * fixture.Shown]);
            var (whitening, shift) = PatchKMeans.Whiten(patches, expected.WhiteningOffset);
            AssertClose(expected.Whitening, whitening);
            AssertClose(expected.Shift, shift);
            for (var i = 0; i < expected.Whitened.Length; i++) AssertClose(expected.Whitened[i], patches[i * fixture.Shown]);

            using var dictionary = new PatchDictionary(
                size, expected.ContrastOffset, whitening, shift, new FeatureMatrix(fixture.Centroids.Length, patches.Columns));
            for (var c = 0; c < fixture.Centroids.Length; c++) fixture.Centroids[c].CopyTo(dictionary.Centroids[c]);
            using var graph = Graph(dictionary, side);
            AssertClose([.. expected.Features.SelectMany(feature => feature)], graph.Run(pixels, fixture.Pictures.Length, side));
        }
    }

    /// <summary>
    /// The paper's formula in plain loops, in double precision, on what was learned: the graph is to give the same features of every
    /// picture.
    /// </summary>
    [Fact]
    public void Should_Give_The_Features_Of_The_Formula()
    {
        using var dictionary = Fit();
        using var graph = Graph(dictionary, Side);
        Assert.True(graph.TakesBytes);
        Assert.Equal(Side, graph.Side);
        var pixels = Enumerable.Range(0, Count).SelectMany(i => _images.Pixels(i).ToArray()).Select(b => (float)b).ToArray();
        var features = graph.Run(pixels, Count, Side);
        Assert.Equal(Count * 4 * _options.Dictionary, features.Length);
        for (var i = 0; i < Count; i++)
        {
            var wanted = Features(dictionary, _images.Pixels(i));
            for (var j = 0; j < wanted.Length; j++) Assert.Equal(wanted[j], features[(i * wanted.Length) + j], 1e-3);
        }
    }

    [Fact]
    public void Should_Whiten_So_That_Patches_Are_Uncorrelated()
    {
        using var dictionary = PatchKMeans.Fit(
            Read, Side, [.. Enumerable.Range(0, Count)], _options with { WhiteningOffset = 1e-9 }, seed: 3,
            cancellationToken: TestContext.Current.CancellationToken);
        var d = dictionary.Values;
        var patches =
            Enumerable.Range(0, Count).SelectMany(i => Positions(_images.Pixels(i).ToArray())).Select(p => White(dictionary, p)).ToArray();
        var mean = Enumerable.Range(0, d).Select(i => patches.Average(p => p[i])).ToArray();

        Assert.All(mean, m => Assert.InRange(m, -0.3, 0.3));

        // Every patch in place of the random ones: nearly the identity. Taking the mean away leaves one direction without variance.
        var trace = Enumerable.Range(0, d).Sum(i => patches.Average(p => (p[i] - mean[i]) * (p[i] - mean[i])));
        Assert.InRange(trace, (d - 1) * 0.8, (d - 1) * 1.2);
        var mixed = Enumerable.Range(0, d - 1).Average(i => Math.Abs(patches.Average(p => (p[i] - mean[i]) * (p[i + 1] - mean[i + 1]))));
        Assert.True(mixed < 0.1, $"{mixed}");
    }

    [Fact]
    public void Should_Learn_The_Same_From_The_Same_Seed_And_Count_What_It_Costs()
    {
        using var one = Fit();
        using var again = Fit();
        using var other = Fit(seed: 4);
        Assert.Equal(one.Centroids.Block(0, 7), again.Centroids.Block(0, 7));
        Assert.NotEqual(one.Centroids.Block(0, 7).ToArray(), other.Centroids.Block(0, 7).ToArray());
        Assert.Equal((48 * 48) + 48 + (7 * 48), one.Parameters);
        Assert.Equal(36 * 48 * (48 + 7), one.Macs(Side));
    }

    [Fact]
    public void Should_Take_Fewer_Pictures_At_A_Time_Where_They_Are_Large()
    {
        using var dictionary = Fit();
        var batches = new[] { Side, 1200 }.Select(
            side => PatchEncoderGraph.Create(dictionary, side).Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue);
        Assert.Equal([16, 6], batches);
    }

    [Fact]
    public void Should_Refuse_What_Cannot_Be()
    {
        Assert.Contains("patch_size=9", Refused(_options with { PatchSize = 9 }), StringComparison.Ordinal);
        Assert.Contains("dictionary=901", Refused(_options with { Dictionary = 901 }), StringComparison.Ordinal);
    }

    private static PatchFixture Reference() => JsonSerializer.Deserialize<PatchFixture>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "kmeans", "patch_kmeans.json")),
        new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4 * Math.Max(1, Math.Abs(expected[i])));
    }

    private FeatureGraph Graph(PatchDictionary dictionary, int side)
    {
        var path = Path.Combine(_folder, "encoder.onnx");
        File.WriteAllBytes(path, PatchEncoderGraph.Create(dictionary, side).ToByteArray());
        return FeatureGraph.Open(path, null, threads: 1);
    }

    private string Refused(PatchKMeansOptions options)
    {
        var refused = Assert.Throws<AutodidactException>(
            () => PatchKMeans.Fit(Read, Side, [0, 1], options, seed: 3, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        return refused.Message;
    }

    private void Read(ReadOnlySpan<int> images, Span<float> values)
    {
        for (var i = 0; i < images.Length; i++)
        {
            var pixels = _images.Pixels(images[i]);
            for (var v = 0; v < pixels.Length; v++) values[(i * pixels.Length) + v] = pixels[v];
        }
    }

    private PatchDictionary Fit(ulong seed = 3) => PatchKMeans.Fit(
        Read, Side, [.. Enumerable.Range(0, Count)], _options, seed, cancellationToken: TestContext.Current.CancellationToken);

    private static double[] Features(PatchDictionary dictionary, ReadOnlySpan<byte> pixels)
    {
        var k = dictionary.Centroids.Rows;
        var features = new double[4 * k];
        var positions = dictionary.Positions(Side);
        var all = Positions(pixels.ToArray());
        for (var p = 0; p < all.Length; p++)
        {
            var white = White(dictionary, all[p]);
            var distances = Enumerable.Range(0, k)
                .Select(c => Math.Sqrt(white.Zip(dictionary.Centroids[c].ToArray(), (a, b) => (a - b) * (a - b)).Sum()))
                .ToArray();
            var (y, x) = (p / positions, p % positions);
            var quadrant = (y < 3 ? 0 : 2) + (x < 3 ? 0 : 1);
            for (var c = 0; c < k; c++) features[(quadrant * k) + c] += Math.Max(0, distances.Average() - distances[c]);
        }

        return features;
    }

    /// <summary>Patches of 4 x 4 of a picture, channel by channel.</summary>
    private static double[][] Positions(byte[] pixels) =>
    [
        .. from top in Enumerable.Range(0, Side - 3)
           from left in Enumerable.Range(0, Side - 3)
           select (from channel in Enumerable.Range(0, 3)
                   from y in Enumerable.Range(0, 4)
                   from x in Enumerable.Range(0, 4)
                   select (double)pixels[((((top + y) * Side) + left + x) * 3) + channel]).ToArray(),
    ];

    private static double[] White(PatchDictionary dictionary, double[] patch)
    {
        var mean = patch.Average();
        var deviation = Math.Sqrt((patch.Sum(v => (v - mean) * (v - mean)) / (patch.Length - 1)) + dictionary.ContrastOffset);
        var d = patch.Length;
        return
        [
            .. Enumerable.Range(0, d).Select(i => dictionary.Shift[i] + Enumerable.Range(0, d).Sum(
                j => dictionary.Whitening[(i * d) + j] * (patch[j] - mean) / deviation)),
        ];
    }

    /// <summary>Random pictures whose neighbouring pixels are alike, brighter below than above: the mean patch is no flat one.</summary>
    private static InMemoryImages Pictures()
    {
        var random = new CounterRandom(9);
        var pixels = new byte[Count * Side * Side * 3];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i < 3 ? random.NextInt32(256) : ((2 * pixels[i - 3]) + random.NextInt32(256)) / 3);
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)((pixels[i] / 2) + (14 * (i / (Side * 3) % Side)));
        return new InMemoryImages(pixels, Side, Side);
    }

    /// <summary>
    /// The fixture that tools/reference/patch_kmeans.py writes: pictures as <see cref="PictureReader"/> gives them; places as picture, top,
    /// left.
    /// </summary>
    private sealed record PatchFixture(
        int Side, int PatchSize, int Shown, float[][] Pictures, int[][] Places, float[][] Centroids, PatchCase[] Cases);

    private sealed record PatchCase(
        double ContrastOffset, double WhiteningOffset, double[][] Normalized, double[] Whitening, double[] Shift, double[][] Whitened,
        double[][] Features);
}
