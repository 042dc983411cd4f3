using System.Text;
using Autodidact.Reporting;

namespace Autodidact.Tests.Reporting;

public class MarkdownTableTests
{
    [Fact]
    public void Should_Write_A_Row_A_Line()
    {
        var text = new StringBuilder("before\n");
        MarkdownTable.Append(text, ["a", "b"], [["1", ""], ["2", "3"]]);
        Assert.Equal("before\n\n| a | b |\n| --- | --- |\n| 1 | |\n| 2 | 3 |\n", text.ToString());
    }

    [Fact]
    public void Should_Keep_Words_From_Being_Markup() =>
        Assert.Equal("a \\| b &lt;i> &amp; \\*c\\* \\`d\\` \\!\\[e\\]", MarkdownTable.Escape("a | b <i> & *c* `d` ![e]"));
}
