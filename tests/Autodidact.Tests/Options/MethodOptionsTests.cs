using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Autodidact.Objectives;
using Autodidact.Options;

namespace Autodidact.Tests.Options;

/// <summary>Options that methods bring, on a stage of the tests' own.</summary>
public class MethodOptionsTests
{
    private static readonly MethodRegistry<Method> Registry = new("test method", typeof(StageOptions));

    static MethodOptionsTests() => Registry.Register(
        new Method("first", new OptionGroup("first", new FirstOptions { Weight = 0.5 })),
        new Method("second", new OptionGroup("second", new SecondOptions())));

    [Fact]
    public void Should_Stand_Among_The_Names_Where_They_Are_Declared() => Assert.Equal(
        ["before=1", "first.weight=0.5", "second.name=plain", "after=2"],
        OptionBinder.Describe(new StageOptions()).Select(o => $"{o.Name}={o.Default}"));

    [Fact]
    public void Should_Be_Set_And_Read_By_Name_And_By_Type()
    {
        var options = OptionBinder.Set(new StageOptions(), "first.weight", "2");
        Assert.Equal((2, "2"), (options.Methods.Get<FirstOptions>().Weight, OptionBinder.Get(options, "first.weight")));
        Assert.Equal(0.5, new StageOptions().Methods.Get<FirstOptions>().Weight);
        options = options with { Methods = options.Methods.With<SecondOptions>(o => o with { Name = "x" }) };
        Assert.Equal(
            ["first.weight: 0.5 -> 2", "second.name: plain -> x"],
            OptionBinder.Diff(new StageOptions(), options).Select(d => d.ToString()));
    }

    [Fact]
    public void Should_Be_Checked_As_Other_Options_Are()
    {
        var refused = Assert.Throws<AutodidactException>(() => OptionBinder.Set(new StageOptions(), "first.weight", "11"));
        Assert.Contains("option first.weight: expected a number, 0 to 10; got '11'", refused.Message, StringComparison.Ordinal);
        var wrong = new StageOptions { Methods = MethodOptions.Of<StageOptions>().With(new FirstOptions { Weight = 11 }) };
        Assert.Throws<AutodidactException>(() => OptionBinder.Validate(wrong));
        var unknown = Assert.Throws<AutodidactException>(() => OptionBinder.Set(new StageOptions(), "first.wait", "1"));
        Assert.Contains("first.weight", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Stand_In_Json_As_Groups_Of_The_Stage()
    {
        var options = new StageOptions { Methods = MethodOptions.Of<StageOptions>().With(new FirstOptions { Weight = 3 }) };
        var json = OptionJson.ToJson(options);
        Assert.Equal("""{"before":1,"first":{"weight":3},"second":{"name":"plain"},"after":2}""", json.ToJsonString());
        Assert.Equal(options, OptionJson.FromJson<StageOptions>(json, "test"));
        Assert.Equal(new StageOptions(), OptionJson.FromJson<StageOptions>(JsonNode.Parse("{}")!, "test"));
        foreach (var wrong in new[] { """{"third":{}}""", """{"first":{"wait":1}}""", """{"first":null}""", """{"methods":{}}""" })
        {
            Assert.Throws<AutodidactException>(() => OptionJson.FromJson<StageOptions>(JsonNode.Parse(wrong)!, "test"));
        }
    }

    [Fact]
    public void Should_Be_Equal_Where_Every_Method_Has_The_Same()
    {
        var set = MethodOptions.Of<StageOptions>().With(new FirstOptions { Weight = 0.5 });
        Assert.Equal(MethodOptions.Of<StageOptions>(), set);
        Assert.Equal(MethodOptions.Of<StageOptions>().GetHashCode(), set.GetHashCode());
        Assert.NotEqual(MethodOptions.Of<StageOptions>(), set.With(new FirstOptions { Weight = 1 }));
    }

    /// <summary>JSON was read and written before: what was made then must not be kept.</summary>
    [Fact]
    public void Should_Know_Methods_That_Come_Later()
    {
        var registry = new MethodRegistry<Method>("later method", typeof(LaterOptions));
        Assert.Equal("{}", OptionJson.ToJson(new LaterOptions()).ToJsonString());
        registry.Register(new Method("late", new OptionGroup("late", new FirstOptions())));
        Assert.Equal("""{"late":{"weight":1}}""", OptionJson.ToJson(new LaterOptions()).ToJsonString());
        Assert.Equal(["late.weight"], OptionBinder.Describe(new LaterOptions()).Select(o => o.Name));
    }

    [Theory]
    [InlineData("first", "fresh", "test method first: there is one of that name already")]
    [InlineData("First", "fresh", "test method 'First': expected lower-case letters")]
    [InlineData("fresh", "second", "option group second: the name is taken in StageOptions")]
    [InlineData("fresh", "before", "option group before: the name is taken in StageOptions")]
    [InlineData("fresh", "Fresh", "option group 'Fresh': expected lower-case letters")]
    public void Should_Refuse_What_Is_Taken_And_Keep_The_Rest(string name, string group, string message)
    {
        var refused = Assert.Throws<AutodidactException>(
            () => Registry.Register(new Method(name, new OptionGroup(group, new ThirdOptions()))));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal(["first", "second"], Registry.All.Select(method => method.Name));
        Assert.DoesNotContain(
            OptionBinder.Describe(new StageOptions()), option => option.Name.StartsWith("fresh", StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Refuse_A_Type_That_Another_Method_Has_And_One_That_Is_No_Record()
    {
        var same = new OptionGroup("fresh", new FirstOptions());
        Assert.Contains(
            "is that of first",
            Assert.Throws<AutodidactException>(() => Registry.Register(new Method("fresh", same))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "is no record class",
            Assert.Throws<AutodidactException>(() => new OptionGroup("fresh", new object())).Message, StringComparison.Ordinal);
        Assert.Contains(
            "register the method first",
            Assert.Throws<InvalidOperationException>(() => new StageOptions().Methods.Get<ThirdOptions>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Name_Every_Method_Where_One_Is_Unknown() =>
        Assert.Equal(
            "test method thrid: unknown: choose one of first, second",
            Assert.Throws<AutodidactException>(() => Registry.Get("thrid")).Message);

    private sealed record Method(string Name, params IReadOnlyList<OptionGroup> Groups) : IMethod;

    private sealed record StageOptions
    {
        [Description("before")]
        public int Before { get; init; } = 1;

        public MethodOptions Methods { get; init; } = MethodOptions.Of<StageOptions>();

        [Description("after")]
        public int After { get; init; } = 2;
    }

    private sealed record LaterOptions
    {
        public MethodOptions Methods { get; init; } = MethodOptions.Of<LaterOptions>();
    }

    private sealed record FirstOptions
    {
        [Description("weight")]
        [Range(0.0, 10.0)]
        public double Weight { get; init; } = 1;
    }

    private sealed record SecondOptions
    {
        [Description("name")]
        public string Name { get; init; } = "plain";
    }

    private sealed record ThirdOptions;
}
