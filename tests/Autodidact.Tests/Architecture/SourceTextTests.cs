using System.Text.RegularExpressions;

namespace Autodidact.Tests.Architecture;

/// <summary>Source is written to be read: lines fit a screen, and a summary says its subject at once.</summary>
public partial class SourceTextTests
{
    private const int Limit = 140;

    [Fact]
    public void Should_End_Lines_At_140_Characters() => Assert.Empty(Found(TooLong));

    [Fact]
    public void Should_Not_Begin_Summaries_With_What() => Assert.Empty(Found(HiddenSubject));

    // The rules above pass when nothing is found; these show that something would be.
    [Fact]
    public void Should_See_Long_Lines_And_Hidden_Subjects()
    {
        Assert.Equal([2], TooLong(["short", new string('x', Limit + 1), new string('x', Limit)]));
        Assert.Equal(
            [1, 3, 7],
            HiddenSubject(
            [
                "/// <summary>What it is.</summary>", "/// <summary>", "/// What it is.", "/// </summary>",
                "/// <summary>Whatever</summary>", "    /// <summary>", "    /// What else.",
            ]));
    }

    private static List<string> Found(Func<string[], IEnumerable<int>> rule) =>
    [
        .. Repository.SourceFiles("src", "tests", "benchmarks", "samples").SelectMany(path =>
            rule(File.ReadAllLines(Path.Combine(Repository.Root, path))).Select(line => $"{path}:{line}")),
    ];

    /// <summary>Numbers of the lines over the limit, from 1.</summary>
    private static IEnumerable<int> TooLong(string[] lines) =>
        Enumerable.Range(1, lines.Length).Where(number => lines[number - 1].Length > Limit);

    /// <summary>Numbers of the lines where a summary begins with "What", from 1.</summary>
    private static IEnumerable<int> HiddenSubject(string[] lines) =>
        Enumerable.Range(1, lines.Length).Where(number =>
            OneLine().IsMatch(lines[number - 1])
            || (number > 1 && Opening().IsMatch(lines[number - 2]) && Continued().IsMatch(lines[number - 1])));

    [GeneratedRegex(@"^\s*/// <summary>What\b")]
    private static partial Regex OneLine();

    [GeneratedRegex(@"^\s*/// <summary>\s*$")]
    private static partial Regex Opening();

    [GeneratedRegex(@"^\s*/// What\b")]
    private static partial Regex Continued();
}
