namespace Autodidact.Tests;

/// <summary>Text from outside is shown, and never obeyed.</summary>
public sealed class HarmlessTests
{
    [Theory]
    [InlineData("cat.jpg", "cat.jpg")]
    [InlineData("Katze \u00fc \u732b \ud83d\udc08.jpg", "Katze \u00fc \u732b \ud83d\udc08.jpg")]
    [InlineData("\u001b]0;owned\u0007.jpg", "\\u001b]0;owned\\u0007.jpg")]
    [InlineData("a\u009b31mb\u007f", "a\\u009b31mb\\u007f")]
    [InlineData("a\nautodidact: done\r\tb", "a\\nautodidact: done\\r\\tb")]
    [InlineData("a\u2028b\u2029c\u0085d", "a\\u2028b\\u2029c\\u0085d")]
    [InlineData("photo\u202egpj.exe\u2066x\u2069\u200f\u061c", "photo\\u202egpj.exe\\u2066x\\u2069\\u200f\\u061c")]
    [InlineData("", "")]
    public void Should_Show_Controls_As_Escapes_And_Leave_The_Rest(string text, string shown) =>
        Assert.Equal(shown, Harmless.Line(text));

    [Fact]
    public void Should_Keep_The_Line_Ends_Of_Several_Lines_Alone() =>
        Assert.Equal("a\nb\r\nc\\rd\\te\n", Harmless.Lines("a\nb\r\nc\rd\te\n"));

    [Fact]
    public void Should_Escape_Every_Control_Character()
    {
        for (var code = 0; code <= 0xffff; code++)
        {
            var character = (char)code;
            if (char.IsControl(character)) Assert.DoesNotContain(character, Harmless.Line($"a{character}b"));
        }
    }

    [Fact]
    public void Should_Keep_The_Message_Of_A_Failure_On_One_Line() =>
        Assert.Equal(
            "a\\nb\\u001b[2J: no such file",
            new AutodidactException(FailureKind.Data, "a\nb\u001b[2J: no such file").Message);

    [Fact]
    public void Should_Leave_Out_The_Middle_Of_A_Message_That_Nobody_Would_Read()
    {
        var message = new AutodidactException(FailureKind.Data, $"run.json: {new string('x', 100_000)}: put it right").Message;
        Assert.InRange(message.Length, 1_000, 4_010);
        Assert.StartsWith("run.json: x", message, StringComparison.Ordinal);
        Assert.EndsWith("x: put it right", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Shorten_A_Library_S_Message_After_Its_Escapes() =>
        Assert.Equal("one; two\\u001b[0m", OneLine.From("one\r\ntwo\u001b[0m\none\n"));
}
