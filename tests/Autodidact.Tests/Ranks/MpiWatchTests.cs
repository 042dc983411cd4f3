using Autodidact.Ranks.Mpi;
using Note = Autodidact.Ranks.Mpi.MpiWatch.Note;

namespace Autodidact.Tests.Ranks;

public class MpiWatchTests
{
    private static readonly Note Here = new(9, MpiCall.Sum);
    private static readonly Note Before = new(8, MpiCall.Gather);

    [Fact]
    public void Should_Name_The_Ranks_That_Have_Not_Come() => Assert.Equal(
        "rank 1 on b, rank 3 on d did not come to sum 9 within 90 s: stopped, cut off, or at work for longer",
        Missing([Before, Before, Here, Before], own: 0, hosts: ["a", "b", "c", "d"]));

    [Fact]
    public void Should_Say_Where_A_Rank_Waits_That_Went_Another_Way() => Assert.StartsWith(
        "rank 1 (it waits in broadcast 9) did not come to sum 9", Missing([Here, new(9, MpiCall.Broadcast)], own: 0, hosts: []));

    [Fact]
    public void Should_Name_Eight_Of_Many()
    {
        string line = Missing([.. Enumerable.Repeat(Before, 100)], own: 0, hosts: []);
        Assert.StartsWith("rank 1, rank 2,", line);
        Assert.Contains("rank 8 and 91 more did not come", line);
    }

    [Fact]
    public void Should_Ask_For_The_Network_Where_All_Have_Come() =>
        Assert.Contains("though every rank came to it; is a link cut?", Missing([Before, Here, Here], own: 0, hosts: []));

    [Fact]
    public void Should_Not_Name_A_Rank_That_Is_Further()
    {
        Note further = new(10, MpiCall.Gather);
        Assert.StartsWith("rank 2 did not come to sum 9", Missing([Before, further, Before, further], own: 0, hosts: []));
        Assert.Contains("every rank came to it", Missing([Before, further, Here], own: 0, hosts: []));
    }

    [Theory]
    [InlineData(null, 600)]
    [InlineData("", 600)]
    [InlineData("20", 20)]
    public void Should_Take_The_Limit_Of_A_Variable(string? value, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), MpiWatch.LimitOf(value));

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("10m")]
    [InlineData("99999999999")]
    public void Should_Refuse_A_Limit_That_Is_No_Number_Of_Seconds(string value)
    {
        var error = Assert.Throws<AutodidactException>(() => MpiWatch.LimitOf(value));
        Assert.Equal($"AUTODIDACT_RANK_LIMIT={value}: give the seconds that ranks wait for each other, 1 to 1000000", error.Message);
        Assert.Equal(FailureKind.Usage, error.Kind);
    }

    private static string Missing(Note[] heard, int own, string[] hosts) =>
        MpiWatch.Missing(heard, Here, own, hosts, TimeSpan.FromSeconds(90));
}
