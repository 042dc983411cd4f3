using System.Text.RegularExpressions;

namespace Autodidact.Tests.Architecture;

/// <summary>Files that a user or another program wrote are opened by one class, which refuses pipes and devices.</summary>
public partial class OpenedFilesTests
{
    /// <summary>It opens files of the system and of the program's own packages alone, which nobody else writes.</summary>
    private const string Native = "src/Autodidact/Native/";

    private const string Files = "src/Autodidact.Core/Files/";

    [Fact]
    public void Should_Open_Files_For_Reading_In_One_Place_Only()
    {
        var others = Repository.SourceFiles("src").Where(path => !path.StartsWith(Native) && !path.StartsWith(Files))
            .SelectMany(path => Opened(File.ReadAllText(Path.Combine(Repository.Root, path))).Select(call => $"{path}: {call}"));
        Assert.Empty(others);
    }

    [Fact]
    public void Should_See_A_File_That_Is_Opened_Elsewhere()
    {
        const string Text = "var a = File.ReadAllBytes(path); using var b = new FileStream(path, FileMode.Open, FileAccess.Read);"
            + "File.WriteAllText(path, text); var c = ZipFile.OpenRead(path); var d = new FileStream(path, FileMode.CreateNew);"
            + "File.ReadAllText(\"/proc/self/statm\");";
        Assert.Equal(["File.ReadAllBytes(", "FileMode.Open,", "ZipFile.OpenRead("], Opened(Text));
    }

    private static IEnumerable<string> Opened(string text) => Opening().Matches(text).Select(match => match.Value);

    /// <summary>The system's own files are no matter of users.</summary>
    [GeneratedRegex("""
        \b(File\.(ReadAll\w+|ReadLines\w*|Open\w*)\(|ZipFile\.Open\w*\(|FileMode\.Open\b,?|CsvReader\.FromFile\()(?!"/proc/)
        """)]
    private static partial Regex Opening();
}
