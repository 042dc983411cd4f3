using Autodidact.Images;
using Autodidact.Tables;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Tables;

/// <summary>A spreadsheet takes no name of a file for a formula.</summary>
public sealed class SpreadsheetCellTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")")]
    [InlineData("+cmd|' /C calc'!A0")]
    [InlineData("-2+3+cmd|' /C calc'!A0")]
    [InlineData("@SUM(1+1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("\uff1d1+1")]
    [InlineData("-cat.jpg")]
    public void Should_Make_Text_Of_What_Begins_As_A_Formula_Does(string field)
    {
        var cell = SpreadsheetCell.Of(field);
        Assert.Equal("'" + field, cell);
        Assert.Equal(field, SpreadsheetCell.Field(cell));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cat.jpg")]
    [InlineData("a=b.jpg")]
    [InlineData("-0.25")]
    [InlineData("+1")]
    [InlineData("-1.5e-05")]
    [InlineData("'quoted'")]
    public void Should_Leave_Other_Text_And_Numbers(string field)
    {
        Assert.Equal(field, SpreadsheetCell.Of(field));
        Assert.Equal(field, SpreadsheetCell.Field(field));
    }

    [Fact]
    public void Should_Keep_A_Field_Together_Where_A_Semicolon_Separates_Too() =>
        Assert.Equal("\"a;=1\",\"-0.5\",\"'=1\",\"say \"\"x\"\"\"", CsvFormat.SpreadsheetLine("a;=1", "-0.5", "=1", "say \"x\""));

    [Fact]
    public void Should_Write_The_Images_That_Were_Left_Out_For_People_And_Read_Them_Back()
    {
        var path = _scratch["skipped.csv"];
        SkippedImage[] skipped = [new("=cmd|'x'!A0.jpg", "the file is empty"), new("cat.jpg", "@damaged"), new("'a'.jpg", "b")];
        SkippedCsv.Write(path, skipped);
        Assert.Equal("key,reason\n'=cmd|'x'!A0.jpg,the file is empty\ncat.jpg,'@damaged\n'a'.jpg,b\n", File.ReadAllText(path));
        Assert.Equal(skipped, SkippedCsv.Read(path));
    }
}
