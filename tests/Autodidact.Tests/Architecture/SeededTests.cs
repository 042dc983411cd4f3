using System.Text.RegularExpressions;

namespace Autodidact.Tests.Architecture;

/// <summary>Tests draw random tensors from a seed: one that fails once in a thousand runs could not be looked into.</summary>
public partial class SeededTests
{
    [Fact]
    public void Should_Draw_From_A_Generator_Or_Seed_The_One_Of_The_Process() =>
        Assert.Empty(Repository.SourceFiles("tests").SelectMany(path =>
            Unseeded(File.ReadAllLines(Path.Combine(Repository.Root, path))).Select(line => $"{path}:{line}")));

    [Theory]
    [InlineData("    public void Test()|    {|        var a = rand(3, 4);|    }", 3)]
    [InlineData("    public void Test()|    {|        var a = nn.functional.relu(torch.randn(3));|    }", 3)]
    [InlineData("    public void Test()|    {|        random.manual_seed(1);|        var a = rand(3, 4);|    }", null)]
    [InlineData("    public void Test()|    {|        var a = rand(3, 4, generator: new Generator(1));|    }", null)]
    [InlineData("    public void One()|    {|        manual_seed(1);|    }||    public void Two()|    {|        _ = rand(3);|    }", 8)]
    public void Should_See_A_Draw_Without_A_Seed(string code, int? line) =>
        Assert.Equal(line is { } at ? [at] : [], Unseeded(code.Split('|')));

    /// <summary>Numbers of the lines that draw where no line before them in their member seeds the process's generator.</summary>
    private static IEnumerable<int> Unseeded(string[] lines)
    {
        var seeded = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (Member().IsMatch(lines[i])) seeded = false;
            if (lines[i].Contains("manual_seed(", StringComparison.Ordinal)) seeded = true;
            if (!seeded && Draw().IsMatch(lines[i]) && !Exempt().IsMatch(lines[i])) yield return i + 1;
        }
    }

    [GeneratedRegex(@"^    (public|private|internal|protected) ")]
    private static partial Regex Member();

    [GeneratedRegex("generator|InlineData")]
    private static partial Regex Exempt();

    [GeneratedRegex(@"(?<![\w.])(torch\.)?(rand|randn|randint|randperm|rand_like|randn_like)\(")]
    private static partial Regex Draw();
}
