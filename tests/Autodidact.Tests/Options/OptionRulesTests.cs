using Autodidact.Options;

namespace Autodidact.Tests.Options;

public class OptionRulesTests
{
    [Theory]
    [InlineData("inner.slope", "inner.slope: it is read only where inner.weight is above 0: leave it out, or set that too")]
    [InlineData("inner.shape.turns", "inner.shape.turns: it is read only where inner.weight is above 0: leave it out, or set that too")]
    [InlineData("inner.limit", "inner.limit: at inner.weight=0 nothing is limited: leave it out")]
    public void Should_Refuse_What_Nothing_Reads_Only_Where_Somebody_Asked_For_It(string asked, string message)
    {
        OptionRules.Check(new Outer(), []);
        OptionRules.Check(new Outer(), ["inner.weight", "inner.slopes", "slope"]);
        OptionRules.Check(new Outer { Inner = new() { Weight = 1 } }, [asked]);
        var refused = Assert.Throws<AutodidactException>(() => OptionRules.Check(new Outer(), ["seed", asked]));
        Assert.Equal((FailureKind.Usage, message), (refused.Kind, refused.Message));
    }

    [Fact]
    public void Should_Refuse_Values_That_Contradict_Each_Other_Wherever_They_Come_From()
    {
        var options = new Outer { Inner = new() { Low = 3, High = 2 } };
        Assert.Equal(
            "inner.low: 3 is more than inner.high, 2: swap them",
            Assert.Throws<AutodidactException>(() => OptionRules.Check(options, [])).Message);
        Assert.Equal(
            "a.inner.low: 3 is more than a.inner.high, 2: swap them",
            Assert.Throws<AutodidactException>(() => OptionRules.Check(options, [], "a.")).Message);
    }

    [Fact]
    public void Should_Speak_Of_What_Nothing_Reads_Before_Contradictions()
    {
        var options = new Outer { Inner = new() { Low = 3, High = 2 } };
        Assert.StartsWith(
            "inner.slope: ",
            Assert.Throws<AutodidactException>(() => OptionRules.Check(options, ["inner.slope"])).Message,
            StringComparison.Ordinal);
    }

    private sealed record Outer
    {
        public Inner Inner { get; init; } = new();
    }

    private sealed record Inner : IOptionRules
    {
        private static readonly OptionRule[] All =
        [
            OptionRule.Refuse("low", (Inner o) => o.Low > o.High, o => $"{o.Low} is more than {{high}}, {o.High}: swap them"),
            OptionRule.ReadWhere((Inner o) => o.Weight > 0, "{weight} is above 0", "slope", "shape."),
            OptionRule.RefuseAsked((Inner o) => o.Weight == 0, _ => "at {weight}=0 nothing is limited: leave it out", "limit"),
        ];

        public double Weight { get; init; }

        public int Low { get; init; } = 1;

        public int High { get; init; } = 2;

        IReadOnlyList<OptionRule> IOptionRules.Rules => All;
    }
}
