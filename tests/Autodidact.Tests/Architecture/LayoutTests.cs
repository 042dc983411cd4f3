using System.Text.RegularExpressions;

namespace Autodidact.Tests.Architecture;

/// <summary>Tests lie where CONTRIBUTING says: in the folder that bears the name of their subject's area.</summary>
public partial class LayoutTests
{
    private const string Suffix = "Tests.cs";

    /// <summary>Folders of tests whose subject is the whole tree.</summary>
    private static readonly string[] OfTheWhole = ["Architecture", "Documentation", "PublicApi"];

    private static readonly ILookup<string, string> AreasOfTypes = Repository.SourceFiles("src")
        .SelectMany(path => Declaration().Matches(File.ReadAllText(Path.Combine(Repository.Root, path)))
            .Select(match => (Type: match.Groups[1].Value, Area: Area(path))))
        .Distinct().ToLookup(found => found.Type, found => found.Area, StringComparer.Ordinal);

    [Fact]
    public void A_Test_Should_Lie_In_The_Area_Of_The_Type_It_Is_Named_After() =>
        Assert.DoesNotContain(Tests(), test => !Fits(test));

    [Fact]
    public void A_Folder_Of_Tests_Should_Bear_The_Name_Of_An_Area()
    {
        var areas = AreasOfTypes.SelectMany(found => found).Concat(OfTheWhole).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(Tests(), test => test.Contains('/', StringComparison.Ordinal) && !areas.Contains(test.Split('/')[0]));
    }

    [Theory]
    [InlineData("src/Autodidact.Core/Images/Sources/ZipSource.cs", "Images")]
    [InlineData("src/Autodidact/Models/ResNet.cs", "Models")]
    [InlineData("src/Autodidact.Inference/Graphs/GraphFile.cs", "Inference")]
    [InlineData("src/Autodidact.Cli/Commands/RunCommand.cs", "Cli")]
    [InlineData("src/Autodidact.Core/OneLine.cs", "")]
    public void An_Area_Should_Be_The_First_Folder_Of_A_Library_Or_The_Rest_Of_The_Projects_Name(string path, string area) =>
        Assert.Equal(area, Area(path));

    private static bool Fits(string test)
    {
        var areas = AreasOfTypes[Path.GetFileName(test)[..^Suffix.Length]].ToList();
        return areas.Count == 0 || areas.Contains(test.Contains('/', StringComparison.Ordinal) ? test.Split('/')[0] : "");
    }

    private static IEnumerable<string> Tests()
    {
        const string Folder = "tests/Autodidact.Tests/";
        return Repository.SourceFiles("tests")
            .Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(path => path[Folder.Length..]);
    }

    private static string Area(string path) => path.Split('/') switch
    {
        [_, "Autodidact.Core" or "Autodidact", var folder, _, ..] => folder,
        [_, "Autodidact.Core" or "Autodidact", ..] => "",
        [_, var project, ..] => project["Autodidact.".Length..],
        _ => throw new ArgumentException($"{path} lies in no project", nameof(path)),
    };

    [GeneratedRegex(
        @"^(?:(?:public|internal|sealed|static|abstract|partial|readonly|ref|unsafe) )*"
            + @"(?:class|record struct|record|struct|enum|interface) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
