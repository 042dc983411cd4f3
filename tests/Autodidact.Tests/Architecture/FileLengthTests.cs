namespace Autodidact.Tests.Architecture;

public class FileLengthTests
{
    private const int Limit = 400;

    // Longer files, each with the reason why splitting it would make it worse.
    private static readonly Dictionary<string, string> Excused = [];

    [Fact]
    public void Should_Keep_Files_Short_Or_Say_Why_Not()
    {
        string[] files = [.. Repository.SourceFiles("src", "tests", "benchmarks", "samples")];
        Assert.Contains("src/Autodidact.Core/AutodidactException.cs", files);
        var tooLong = files.Select(path => (Path: path, Lines: File.ReadLines(Path.Combine(Repository.Root, path)).Count()))
            .Where(file => file.Lines > Limit && !Excused.ContainsKey(file.Path)).Select(file => $"{file.Path}: {file.Lines} lines");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Should_Excuse_Only_Files_That_Need_It() =>
        Assert.All(
            Excused.Keys, path => Assert.True(File.ReadLines(Path.Combine(Repository.Root, path)).Count() > Limit, $"{path} is short now"));
}
