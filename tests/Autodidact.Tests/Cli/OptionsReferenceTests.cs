using Autodidact.Cli.Rendering;

namespace Autodidact.Tests.Cli;

public class OptionsReferenceTests
{
    private const string Variable = "UPDATE_DOCS";

    [Fact]
    public void Should_Match_The_Page_In_The_Docs()
    {
        var path = Path.Combine(Repository.Root, "docs", "reference", "options.md");
        var now = OptionsReference.Markdown();
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, now);
        }
        var page = File.ReadAllText(path);
        var differences =
            page.Split('\n').Except(now.Split('\n')).Select(line => "- " + line).Concat(now.Split('\n').Except(page.Split('\n')).Select(
                line => "+ " + line));
        Assert.True(
            page == now,
            "The options changed. "
            + $"Run '{Variable}=1 dotnet test -c Release' and commit docs/reference/options.md.\n{string.Join('\n', differences)}");
    }
}
