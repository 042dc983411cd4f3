using Autodidact.RunReports;

namespace Autodidact.Tests.RunReports;

public class ContactSheetsTests
{
    [Fact]
    public void Should_Show_The_Nearest_And_Then_The_Closest_Calls_Of_Each_Cluster()
    {
        // Cluster 1 has images 10 to 29; of those 29 is the nearest, and 10 is on the border.
        var clusters = Clusters(2, [.. Enumerable.Repeat(0, 10), .. Enumerable.Repeat(1, 20)], i => 100 - i, i => i);
        var sheets = ContactSheets.Choose(clusters, 24);
        Assert.Equal([1, 0], sheets.Select(s => s.Cluster));
        Assert.Equal([29, 28, 27, 26, 25, 24, 23, 22], sheets[0].Nearest);
        Assert.Equal([10, 11, 12, 13], sheets[0].Borderline);
    }

    [Fact]
    public void Should_Show_No_Image_Twice()
    {
        var clusters = Clusters(1, [0, 0, 0], i => i, i => i);
        var sheet = Assert.Single(ContactSheets.Choose(clusters, 12));
        Assert.Equal([0, 1, 2], sheet.Nearest);
        Assert.Empty(sheet.Borderline);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(40)]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(0)]
    public void Should_Keep_To_The_Number_Of_Pictures(int pictures)
    {
        var clusters = Clusters(
            100, [.. Enumerable.Range(0, 3000).Select(i => (int)(100 * Math.Pow(i / 3000.0, 2)))], i => i % 7, i => i % 11);
        var sheets = ContactSheets.Choose(clusters, pictures);
        Assert.InRange(sheets.Sum(s => s.Nearest.Count + s.Borderline.Count), Math.Min(pictures / 4 * 4, 4), Math.Max(pictures, 0));
        Assert.All(sheets, s => Assert.True(s.Nearest.Count > 0));
    }

    [Fact]
    public void Should_Spread_What_Is_Shown_Over_The_Sizes_Where_Not_All_Fit()
    {
        var clusters = Clusters(30, [.. Enumerable.Range(0, 30).SelectMany(c => Enumerable.Repeat(c, 5 + c))], i => i, i => i);
        var sheets = ContactSheets.Choose(clusters, 12);
        Assert.Equal([29, 15, 0], sheets.Select(s => s.Cluster));
    }

    [Fact]
    public void Should_Pass_Over_Empty_Clusters() =>
        Assert.Equal([2], ContactSheets.Choose(Clusters(4, [2, 2], i => i, i => i), 100).Select(s => s.Cluster));

    private static ClusterFacts Clusters(int count, int[] assignments, Func<int, float> distance, Func<int, float> margin) =>
        new(count, assignments, [.. assignments.Select((_, i) => distance(i))], [.. assignments.Select((_, i) => margin(i))]);
}
