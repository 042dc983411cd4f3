using Autodidact.Cli;
using Autodidact.Cli.Startup;

namespace Autodidact.Tests.Cli;

public class EmptyNameTests
{
    /// <summary>A variable that is not set gives such a name.</summary>
    [Theory]
    [InlineData("run", "--out", "")]
    [InlineData("run", "", "--out", "x")]
    [InlineData("pretrain", "")]
    [InlineData("evaluate", "x", "--out", "")]
    [InlineData("export", "")]
    [InlineData("predict", "", "a.png")]
    [InlineData("embed", "", "a.png", "--out", "a.npy")]
    [InlineData("embed", "x", "a.png", "--out", "")]
    [InlineData("search", "x", "", "a.png")]
    [InlineData("report", "")]
    [InlineData("compare", "x", "")]
    [InlineData("experiment", "")]
    [InlineData("verify", "")]
    public void Should_Refuse_An_Empty_Name_In_One_Line(params string[] arguments)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var host = new CliHost
        {
            Out = TextWriter.Null,
            Error = error,
            Pipeline = (_, _, _, _) => throw new InvalidOperationException("nothing may run"),
        };
        Assert.Equal(2, new CommandLine(host).Run(arguments));
        var line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("expected a ", line, StringComparison.Ordinal);
    }
}
