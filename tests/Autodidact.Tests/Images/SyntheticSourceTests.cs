using System.Security.Cryptography;
using Autodidact.Images;

namespace Autodidact.Tests.Images;

public class SyntheticSourceTests
{
    private const int Bytes = SyntheticSource.ImageSize * SyntheticSource.ImageSize * 3;

    [Fact]
    public void Should_Render_The_Same_Pictures_In_Every_Instance()
    {
        var (first, second) = (Entries(30, 5, "train"), Entries(30, 5, "train"));
        Assert.Equal(first.Select(entry => (entry.Key, entry.Label)), second.Select(entry => (entry.Key, entry.Label)));
        Assert.Equal(first.Select(Hash), second.Select(Hash));
    }

    [Fact]
    public void Should_Start_A_Larger_Set_With_The_Smaller_One() =>
        Assert.Equal(Entries(25, 5, "train").Select(Hash), Entries(60, 5, "train").Take(25).Select(Hash));

    [Fact]
    public void Should_Share_No_Picture_Between_Splits_Or_Seeds()
    {
        var all = Entries(300, 0, "train").Concat(Entries(300, 0, "test")).Concat(Entries(300, 1, "train")).Concat(Entries(
            300, 1UL << 32, "train"));
        Assert.Equal(1200, all.Select(Hash).Distinct().Count());
    }

    [Fact]
    public void Should_Balance_Classes_In_A_Shuffled_Order()
    {
        var labels = Entries(500, 3, "test").Select(entry => entry.Label!).ToList();
        Assert.All(labels.CountBy(label => label), pair => Assert.Equal(50, pair.Value));
        Assert.Equal(SyntheticSource.Classes.Order(), labels.Distinct().Order());
        Assert.True(labels.Chunk(10).Distinct(new SequenceComparer()).Count() > 40, "the order of the classes repeats");
    }

    [Fact]
    public void Should_Name_Pictures_By_Split_And_Number_Alone() =>
        Assert.Equal(["test/00000", "test/00001", "test/00002"], Entries(3, 0, "test").Select(entry => entry.Key));

    [Fact]
    public void Should_Hand_Out_Raw_Rgb_Of_32_Pixels()
    {
        var image = Assert.IsType<RawImage>(Assert.Single(Entries(1, 0, "train")).Content);
        Assert.Equal((32, 32, 3, Bytes), (image.Height, image.Width, image.Channels, image.Pixels.Length));
    }

    /// <summary>Changed pictures need a new <c>Revision</c>, a new hash here, and new figures in docs/synthetic.md.</summary>
    [Fact]
    public void Should_Render_The_Recorded_Pictures()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in Entries(50, 0, "train").Concat(Entries(50, 0, "test")))
        {
            hash.AppendData(((RawImage)entry.Content).Pixels.Span);
        }

        Assert.Equal("32C68CEB5A7A6FB777D4D8BA6F454F17CC7C9D550286829E9D1668E4A67E7687", Convert.ToHexString(hash.GetHashAndReset()));
    }

    [Fact]
    public void Should_Change_Its_Stamp_With_Seed_Split_And_Count()
    {
        string[] stamps =
        [
            new SyntheticSource(10, 0, "train").Stamp(),
            new SyntheticSource(11, 0, "train").Stamp(),
            new SyntheticSource(10, 1, "train").Stamp(),
            new SyntheticSource(10, 0, "test").Stamp(),
        ];
        Assert.Equal(4, stamps.Distinct().Count());
        Assert.Equal(stamps[0], new SyntheticSource(10, 0, "train").Stamp());
    }

    [Fact]
    public void Should_Not_Tell_Classes_By_Mean_Colour()
    {
        var (train, trainLabels) = MeanColours(4000, "train");
        var (test, testLabels) = MeanColours(2000, "test");
        var centres = Enumerable.Range(0, 10).Select(c => Centre(train.Where((_, i) => trainLabels[i] == c).ToList())).ToArray();
        var hits = test.Where((colour, i) => Nearest(centres, colour) == testLabels[i]).Count();
        Assert.InRange(hits / 2000.0, 0.05, 0.16);
    }

    [Fact]
    public void Should_Use_The_Whole_Range_Of_Hues()
    {
        var (colours, _) = MeanColours(1000, "train");
        for (var channel = 0; channel < 3; channel++)
        {
            var largest = colours.Count(colour => colour[channel] == colour.Max());
            Assert.InRange(largest, 150, 600);
        }
    }

    [Fact]
    public void Should_Refuse_An_Unknown_Split_And_A_Negative_Count()
    {
        var failure = Assert.Throws<ArgumentException>(() => new SyntheticSource(1, 0, "val"));
        Assert.Contains("'train' and 'test', not 'val'", failure.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticSource(-1, 0, "train"));
    }

    [Fact]
    public void Should_Stop_When_Cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        using var entries = new SyntheticSource(10, 0, "train").Enumerate(cancellation.Token).GetEnumerator();
        Assert.True(entries.MoveNext());
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => entries.MoveNext());
    }

    private static List<ImageEntry> Entries(int count, ulong seed, string split) =>
        [.. new SyntheticSource(count, seed, split).Enumerate(TestContext.Current.CancellationToken)];

    private static string Hash(ImageEntry entry) => Convert.ToHexString(SHA256.HashData(((RawImage)entry.Content).Pixels.Span));

    private static (double[][] Colours, int[] Labels) MeanColours(int count, string split)
    {
        var source = new SyntheticSource(count, 0, split);
        var pixels = new byte[Bytes];
        var colours = new double[count][];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = source.Render(i, pixels);
            colours[i] = [0, 0, 0];
            for (var j = 0; j < Bytes; j++)
            {
                colours[i][j % 3] += pixels[j];
            }
        }

        return (colours, labels);
    }

    private static double[] Centre(List<double[]> colours) => [.. Enumerable.Range(0, 3).Select(c => colours.Average(colour => colour[c]))];

    private static int Nearest(double[][] centres, double[] colour) => Array.IndexOf(
        centres, centres.MinBy(centre => centre.Zip(colour, (a, b) => (a - b) * (a - b)).Sum()));

    private sealed class SequenceComparer : IEqualityComparer<string[]>
    {
        public bool Equals(string[]? x, string[]? y) => x!.SequenceEqual(y!);

        public int GetHashCode(string[] obj) => string.Concat(obj).GetHashCode(StringComparison.Ordinal);
    }
}
