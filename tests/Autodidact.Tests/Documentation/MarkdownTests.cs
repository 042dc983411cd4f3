namespace Autodidact.Tests.Documentation;

/// <summary>Every page ends its lines where its sentences end, and its links lead somewhere.</summary>
public class MarkdownTests
{
    // Pages and folders whose lines a program writes.
    private static readonly string[] _generated = ["docs/reference/options.md", "benchmarks/accuracy/results/"];

    private static readonly string[] _folders = ["docs", "src", "samples", "tools", "tests", "benchmarks"];

    [Fact]
    public void Should_Hold_One_Sentence_A_Line()
    {
        var pages = Pages().Where(page => !_generated.Any(start => page.Path.StartsWith(start, StringComparison.Ordinal))).ToList();
        Assert.Contains(pages, page => page.Path == "docs/how-to/run.md");
        Assert.Empty(pages.SelectMany(page => page.Page.Faults().Select(fault => $"{page.Path}:{fault}")));
    }

    [Fact]
    public void Should_Link_To_What_Is_There()
    {
        var pages = Pages().ToList();
        Assert.Contains(pages, page => page.Page.Links.Count > 0);
        Assert.Empty(pages.SelectMany(page => page.Page.Links.Where(link => LeadsNowhere(page.Path, link.Target))
            .Select(link => $"{page.Path}:{link.Number}: {link.Target}")));
    }

    [Fact]
    public void Should_Name_Source_Files_That_Are_There()
    {
        var sources = Repository.SourceFiles("src", "tests", "benchmarks", "samples", "tools").Select(path => $"/{path}").ToList();
        var named = Pages().SelectMany(page => page.Page.SourceFiles.Select(file => (page.Path, File: file))).ToList();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, name => !sources.Any(path => path.EndsWith($"/{name.File}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("One sentence. Another one.")]
    [InlineData("A sentence (of [one](a.md)). `code` begins the next.")]
    [InlineData("- An item! **Bold** begins the next.")]
    [InlineData("It costs 5 %. k-NN begins the next.")]
    [InlineData("A sentence that goes\non in the next line.")]
    [InlineData("- An item that goes\n  on in the next line.")]
    public void Should_Refuse_Lines_That_End_Elsewhere(string text) => Assert.Single(new MarkdownPage(text).Faults());

    [Theory]
    [InlineData("One sentence.\nAnother one (Chen et al. found n_1 ... n_K, v . f).\n\n1. First.\n2. Second\n3. `x. Y` and 1.5 Watts")]
    [InlineData("| a. B |\n| --- |\n\n    code. Code\n    goes on\n")]
    [InlineData("As this says:\n\n```\nText. More text\ngoes on\n```\n\n# Heading. Heading\nText")]
    [InlineData("![A picture. Another](x.png)\n")]
    [InlineData("<!-- One. Two\nthree. Four -->\nText.\n")]
    public void Should_Accept_Lines_That_End_With_Their_Sentence(string text) => Assert.Empty(new MarkdownPage(text).Faults());

    [Fact]
    public void Should_Name_Anchors_As_GitHub_Does() =>
        Assert.Equal(
            ["the-claims-on-all-of-cifar-10", "020---unreleased", "again", "again-1"],
            new MarkdownPage("# The claims, on all of `CIFAR-10`\n## [0.2.0] - unreleased\n# Again\n```\n# None\n```\n# Again").Anchors);

    [Theory]
    [InlineData("docs/how-to/run.md", "nowhere.md", true)]
    [InlineData("docs/how-to/run.md", "data.md#nowhere", true)]
    [InlineData("docs/how-to/run.md", "#nowhere", true)]
    [InlineData("docs/how-to/run.md", "../how-to/data.md#layouts", false)]
    [InlineData("docs/how-to/run.md", "../methods", false)]
    [InlineData("docs/how-to/run.md", "https://example.org/nowhere", false)]
    public void Should_Tell_Links_That_Lead_Nowhere(string page, string target, bool nowhere) =>
        Assert.Equal(nowhere, LeadsNowhere(page, target));

    private static IEnumerable<(string Path, MarkdownPage Page)> Pages()
    {
        var root = Repository.Root;
        return _folders.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(root, "*.md"))
            .Select(full => (Full: full, Path: Path.GetRelativePath(root, full).Replace('\\', '/')))
            .Where(page => !page.Path.Split('/').Any(part => part is "bin" or "obj"))
            .Select(page => (page.Path, new MarkdownPage(File.ReadAllText(page.Full))));
    }

    private static bool LeadsNowhere(string page, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) return false;
        var parts = target.Split('#', 2);
        var folder = Path.GetDirectoryName(page)!;
        var path = Path.Combine(Repository.Root, parts[0].Length == 0 ? page : Path.Combine(folder, Uri.UnescapeDataString(parts[0])));
        if (parts.Length == 1) return !File.Exists(path) && !Directory.Exists(path);
        return !File.Exists(path) || !new MarkdownPage(File.ReadAllText(path)).Anchors.Contains(parts[1]);
    }
}
