using System.Text;
using Autodidact.Images;
using Autodidact.Tables;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Tables;

public sealed class CsvFormatTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("a,b\n", "1:a|b")]
    [InlineData("a,b", "1:a|b")]
    [InlineData("", "")]
    [InlineData("a,b\r\n\r\n\n\"x\ny\",\"q\"\"q\"\r\nz,\n", "1:a|b 4:x/y|q\"q 6:z|")]
    [InlineData("a\rb\r", "1:a 2:b")]
    [InlineData("\uFEFFa,b\n", "1:a|b")]
    [InlineData(" a , b \n", "1: a | b ")]
    [InlineData("7\" disc,it\"s\n", "1:7\" disc|it\"s")]
    [InlineData("a;b\tc|d\n", "1:a;b\tc|d")]
    [InlineData("sep=;\na;b\n", "1:sep=; 2:a;b")]
    [InlineData("#no comment,1\n", "1:#no comment|1")]
    [InlineData("\"a,b\r\nc\",d\ne,f\n", "1:a,b//c|d 3:e|f")]
    [InlineData("zw\u00F6lf\u2028,\u0085\n", "1:zw\u00F6lf\u2028|\u0085")]
    public void Should_Read_Records_With_The_Lines_They_Begin_On(string text, string expected)
    {
        Assert.Equal(expected, Shown(CsvFormat.Read(text)));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, Shown(CsvFormat.Read(stream)));
        File.WriteAllText(_scratch["a.csv"], text);
        Assert.Equal(expected, Shown(CsvFormat.ReadFile(_scratch["a.csv"], "mend it")));
    }

    [Theory]
    [InlineData("a,b\nc,\"d\ne\n", "line 2: a quoted field does not end")]
    [InlineData("a,b\n\n\"c\"d,e\n", "line 3: text follows a closing quote")]
    public void Should_Refuse_Quotes_That_Do_Not_Pair(string text, string reason)
    {
        Assert.Equal(reason, Assert.Throws<FormatException>(() => CsvFormat.Read(text).ToArray()).Message);
        File.WriteAllText(_scratch["a.csv"], text);
        var e = Assert.Throws<AutodidactException>(() => CsvFormat.ReadFile(_scratch["a.csv"], "mend it").ToArray());
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Equal($"{_scratch["a.csv"]} cannot be read ({reason}): mend it", e.Message);
    }

    [Fact]
    public void Should_Say_In_One_Line_That_A_File_Is_Missing()
    {
        var e = Assert.Throws<AutodidactException>(() => CsvFormat.ReadFile(_scratch["gone.csv"], "mend it", "labels file").ToArray());
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.StartsWith("labels file cannot be read (", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Should_Not_Pull_A_File_Into_Memory_Because_Of_One_Quote()
    {
        using (var file = new StreamWriter(_scratch["a.csv"]))
        {
            file.Write("a,\"");
            for (var i = 0; i < 40; i++)
            {
                file.Write(new string('x', 1 << 20));
            }
        }

        var e = Assert.Throws<AutodidactException>(() => CsvFormat.ReadFile(_scratch["a.csv"], "mend it").ToArray());
        Assert.EndsWith("mend it", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("does not end", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1_000, false)]
    public void Should_Refuse_A_Record_Of_Too_Many_Fields(int commas, bool isRead)
    {
        var text = "a,b\n" + new string(',', commas) + "\n";
        if (isRead)
            Assert.Equal(commas + 1, CsvFormat.Read(text).Last().Fields.Length);
        else
            Assert.Equal(
                "line 2: 1001 fields, the limit is 1000",
                Assert.Throws<FormatException>(() => CsvFormat.Read(text).ToArray()).Message);
    }

    [Fact]
    public void Should_Refuse_A_Record_Of_More_Than_A_Megabyte()
    {
        var text = "a," + new string('x', 1_100_000) + "\n";
        File.WriteAllText(_scratch["a.csv"], text);
        var e = Assert.Throws<AutodidactException>(() => CsvFormat.ReadFile(_scratch["a.csv"], "mend it").ToArray());
        Assert.EndsWith("mend it", e.Message, StringComparison.Ordinal);
    }

    // The bytes that files of earlier versions hold.
    [Fact]
    public void Should_Quote_What_Must_Be_And_Nothing_Else()
    {
        string[][] records =
        [
            ["key", "reason"], ["a b", " x "], ["a,b", "say \"no\""], ["x\ny", "z\r"], ["", ""], ["=1+1", "zw\u00F6lf\u2028"],
            ["a", "b", "c"], ["\t;", "#'"],
        ];
        var expected = "key,reason\na b, x \n\"a,b\",\"say \"\"no\"\"\"\n\"x\ny\",\"z\r\"\n,\n=1+1,zw\u00F6lf\u2028\n"
            + "a,b,c\n\t;,#'\n";
        CsvFormat.WriteFile(_scratch["a.csv"], records);
        Assert.Equal(Encoding.UTF8.GetBytes(expected), File.ReadAllBytes(_scratch["a.csv"]));
        using var buffer = new CsvRecordBuffer();
        Assert.Equal(expected, string.Concat(records.Select(r => Encoding.UTF8.GetString(buffer.Of(r)))));
        Assert.Equal(expected, string.Concat(records.Select(r => CsvFormat.Line(r) + "\n")));
        Assert.Equal(records, CsvFormat.ReadFile(_scratch["a.csv"], "").Select(r => r.Fields));
    }

    [Fact]
    public void Should_Refuse_A_Damaged_Table_Of_Skipped_Images_In_One_Line()
    {
        SkippedCsv.Write(_scratch["skipped.csv"], [new SkippedImage("a, b.jpg", "too large")]);
        Assert.Equal("key,reason\n\"a, b.jpg\",too large\n", File.ReadAllText(_scratch["skipped.csv"]));
        Assert.Equal([new SkippedImage("a, b.jpg", "too large")], SkippedCsv.Read(_scratch["skipped.csv"]));
        File.AppendAllText(_scratch["skipped.csv"], "\"c.jpg,");
        foreach (var read in new Func<object>[]
        {
            () => SkippedCsv.Read(_scratch["skipped.csv"]),
            () => SkippedCsv.Parse(File.ReadAllText(_scratch["skipped.csv"]), "set.pack"),
        })
        {
            var e = Assert.Throws<AutodidactException>(read);
            Assert.Equal(FailureKind.Data, e.Kind);
            Assert.Contains("line 3: a quoted field does not end", e.Message, StringComparison.Ordinal);
        }
    }

    private static string Shown(IEnumerable<(long Line, string[] Fields)> records) =>
        string.Join(' ', records.Select(r => $"{r.Line}:{string.Join('|', r.Fields)}")).Replace('\n', '/').Replace('\r', '/');
}
