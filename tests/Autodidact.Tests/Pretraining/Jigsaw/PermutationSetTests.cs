using System.Text.Json;
using Autodidact.Pretraining;

namespace Autodidact.Tests.Pretraining;

public class PermutationSetTests
{
    [Fact]
    public void Should_Choose_What_Plain_Loops_Choose() => Assert.All(PretextFixtures.Cases("permutations"), expected =>
        Assert.Equal(
            expected.GetProperty("chosen").EnumerateArray().Select(Numbers),
            PermutationSet.ChooseFrom(
                expected.GetProperty("first").GetInt32(),
                expected.GetProperty("items").GetInt32(),
                expected.GetProperty("count").GetInt32())));

    [Fact]
    public void Should_Be_A_Function_Of_The_Seed_And_Begin_Alike_Whatever_The_Count()
    {
        var chosen = PermutationSet.Choose(9, 60, seed: 4);
        Assert.Equal(chosen, PermutationSet.Choose(9, 60, seed: 4));
        Assert.Equal(chosen.Take(10), PermutationSet.Choose(9, 10, seed: 4));
        Assert.NotEqual(chosen[0], PermutationSet.Choose(9, 1, seed: 5)[0]);
    }

    [Fact]
    public void Should_Choose_Different_Permutations_That_Lie_Far_Apart()
    {
        var chosen = PermutationSet.Choose(9, 100, seed: 4);
        Assert.All(chosen, p => Assert.Equal(Enumerable.Range(0, 9), p.Order()));
        Assert.Equal(100, chosen.Select(p => string.Join(' ', p)).Distinct().Count());
        var distances =
            chosen.SelectMany((a, i) => chosen.Take(i).Select(b => a.Zip(b).Count(pair => pair.First != pair.Second))).ToArray();

        // Of random permutations one place in nine agrees on average: a mean of 8.
        Assert.InRange(distances.Average(), 8.05, 9);
        Assert.Equal(9, chosen[0].Zip(chosen[1]).Count(pair => pair.First != pair.Second));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 24)]
    [InlineData(9, 362_880)]
    public void Should_Count_Permutations(int items, int count) => Assert.Equal(count, PermutationSet.Count(items));

    [Fact]
    public void Should_Refuse_More_Than_There_Are()
    {
        Assert.Equal(24, PermutationSet.Choose(4, 24, 0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => PermutationSet.Choose(4, 25, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PermutationSet.Choose(4, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PermutationSet.Choose(10, 5, 0));
    }

    private static int[] Numbers(JsonElement row) => [.. row.EnumerateArray().Select(v => v.GetInt32())];
}
