using Autodidact.Options;

namespace Autodidact.Tests.Options;

public class OptionBinderTests
{
    private static readonly SampleOptions Defaults = new();

    [Fact]
    public void Should_Describe_Every_Option_In_Order_With_Default_And_Range()
    {
        var described = OptionBinder.Describe(Defaults);
        Assert.Equal(
            [
                "seed", "budget", "clusters", "encoder", "balanced", "steps", "pretrain.epochs", "pretrain.learning_rate", "pretrain.stem",
                "pretrain.exit_weights",
                "distill.epochs", "distill.learning_rate", "distill.stem", "distill.exit_weights",
            ],
            described.Select(option => option.Name));
        Assert.Contains(new OptionDescription("pretrain.epochs", "integer", "10", "passes", "1 to 1000"), described);
        Assert.Contains(new OptionDescription("distill.epochs", "integer", "20", "passes", "1 to 1000"), described);
        Assert.Contains(new OptionDescription("pretrain.learning_rate", "number", "0.12", "rate", "above 0, at most 1"), described);
        Assert.Contains(new OptionDescription("pretrain.stem", "imagenet|cifar-pool|adamw", "cifar-pool", "stem"), described);
        Assert.Contains(new OptionDescription("budget", "duration", "1h30m", "time"), described);
        Assert.Contains(new OptionDescription("clusters", "integer", "auto", "clusters", "at least 2"), described);
        Assert.Contains(new OptionDescription("pretrain.exit_weights", "list of numbers", "0.1,0.25", "weights", "0 to 1"), described);
    }

    [Theory]
    [InlineData("seed", "18446744073709551615")]
    [InlineData("steps", "6000000000")]
    [InlineData("budget", "1m30s")]
    [InlineData("budget", "none")]
    [InlineData("clusters", "100")]
    [InlineData("clusters", "auto")]
    [InlineData("encoder", "a=b.safetensors")]
    [InlineData("balanced", "false")]
    [InlineData("pretrain.epochs", "3")]
    [InlineData("pretrain.learning_rate", "1E-05")]
    [InlineData("distill.stem", "imagenet")]
    [InlineData("distill.exit_weights", "0,1,0.5")]
    public void Should_Set_What_It_Then_Reads_And_Nothing_Else(string name, string value)
    {
        var start = Defaults with { Clusters = 7, Encoder = "before", Seed = 2, Budget = TimeSpan.FromSeconds(1) };
        var set = OptionBinder.Set(start, name, value);
        Assert.Equal(value, OptionBinder.Get(set, name));
        Assert.Equal(name, Assert.Single(OptionBinder.Diff(start, set)).Name);
        Assert.Equal(7, start.Clusters);
    }

    [Theory]
    [InlineData("cifar_pool", SampleStem.CifarPool)]
    [InlineData("cifar-pool", SampleStem.CifarPool)]
    [InlineData("CifarPool", SampleStem.CifarPool)]
    [InlineData("adamw", SampleStem.AdamW)]
    [InlineData("adam-w", SampleStem.AdamW)]
    public void Should_Take_Names_Of_Enumerations_However_They_Are_Hyphenated(string text, SampleStem expected) =>
        Assert.Equal(expected, OptionBinder.Set(Defaults, "pretrain.stem", text).Pretrain.Stem);

    [Fact]
    public void Should_Take_Hyphens_For_Underscores_In_Names() =>
        Assert.Equal(0.5, OptionBinder.Set(Defaults, "pretrain.learning-rate", "0.5").Pretrain.LearningRate);

    [Theory]
    [InlineData("pretrain.epoch", "did you mean pretrain.epochs?")]
    [InlineData("pretrian.epochs", "did you mean pretrain.epochs or")]
    [InlineData("epochs", "did you mean distill.epochs or pretrain.epochs?")]
    public void Should_Refuse_An_Unknown_Name_With_The_Nearest(string name, string hint)
    {
        var refused = Assert.Throws<AutodidactException>(() => OptionBinder.Set(Defaults, name, "3"));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains($"unknown option '{name}'", refused.Message);
        Assert.Contains(hint, refused.Message);
    }

    [Fact]
    public void Should_Not_Guess_When_No_Name_Is_Near() =>
        Assert.Equal(
            "unknown option 'zzz.qqqqq'", Assert.Throws<AutodidactException>(() => OptionBinder.Set(Defaults, "zzz.qqqqq", "3")).Message);

    [Theory]
    [InlineData("pretrain.epochs", "0", "option pretrain.epochs: expected an integer, 1 to 1000; got '0'")]
    [InlineData("pretrain.epochs", "2.5", "option pretrain.epochs: expected an integer, 1 to 1000; got '2.5'")]
    [InlineData("pretrain.learning_rate", "0", "option pretrain.learning_rate: expected a number, above 0, at most 1; got '0'")]
    [InlineData("pretrain.learning_rate", "0,5", "option pretrain.learning_rate: expected a number, above 0, at most 1; got '0,5'")]
    [InlineData("pretrain.learning_rate", "NaN", "option pretrain.learning_rate: expected a number, above 0, at most 1; got 'NaN'")]
    [InlineData("pretrain.stem", "tiny", "option pretrain.stem: expected one of imagenet, cifar-pool, adamw; got 'tiny'")]
    [InlineData("budget", "30", "option budget: expected a duration such as 30m, 1h30m or 90s, or none; got '30'")]
    [InlineData("clusters", "1", "option clusters: expected an integer, at least 2, or auto; got '1'")]
    [InlineData("balanced", "maybe", "option balanced: expected true or false; got 'maybe'")]
    [InlineData(
        "pretrain.exit_weights",
        "0.1,2",
        "option pretrain.exit_weights: expected numbers separated by commas, such as 0.1,0.2, 0 to 1; got '0.1,2'")]
    [InlineData("seed", "-1", "option seed: expected an integer; got '-1'")]
    public void Should_Refuse_A_Bad_Value_Naming_Option_Expectation_And_Value(string name, string value, string message)
    {
        var refused = Assert.Throws<AutodidactException>(() => OptionBinder.Set(Defaults, name, value));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public void Should_Show_What_Differs()
    {
        var changed = Defaults with { Clusters = 5, Distill = Defaults.Distill with { ExitWeights = [0.1] } };
        Assert.Equal(
            ["clusters: auto -> 5", "distill.exit_weights: 0.1,0.25 -> 0.1"],
            OptionBinder.Diff(Defaults, changed).Select(difference => difference.ToString()));
        Assert.Empty(OptionBinder.Diff(Defaults, Defaults with { Distill = Defaults.Distill with { ExitWeights = [0.1, 0.25] } }));
    }

    [Fact]
    public void Should_Check_Ranges_Of_Options_That_Came_From_Code()
    {
        OptionBinder.Validate(Defaults);
        var refused = Assert.Throws<AutodidactException>(() => OptionBinder.Validate(Defaults with { Pretrain = new() { Epochs = 5000 } }));
        Assert.Contains("pretrain.epochs", refused.Message);
    }

    [Fact]
    public void Should_Demand_A_Description_Of_Every_Option() =>
        Assert.Contains("bare", Assert.Throws<InvalidOperationException>(() => OptionBinder.Describe(new Undescribed())).Message);

    private sealed record Undescribed
    {
        public int Bare { get; init; }
    }
}
