using System.Globalization;
using System.Text.RegularExpressions;
using Autodidact.Tests;

namespace Autodidact.IntegrationTests;

/// <summary>The page that walks through adding a method, read as its reader would.</summary>
[Collection<Builds>]
public sealed partial class AddAMethodTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Compile_And_Train_The_Code_Of_The_Page()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "how-to", "add-a-method.md")).ReplaceLineEndings("\n");
        var files = Blocks().Matches(page);
        Assert.Equal(["AlignUniformLoss.cs", "AlignUniform.cs", "Program.cs"], files.Select(m => m.Groups["name"].Value));
        foreach (Match file in files) File.WriteAllText(_folder[file.Groups["name"].Value], file.Groups["code"].Value);
        var library = Path.Combine(Repository.Root, "src", "Autodidact", "Autodidact.csproj");
        File.WriteAllText(
            _folder["Example.csproj"],
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup><ProjectReference Include="{library}" /></ItemGroup>
            </Project>
            """);
        using var run = ChildProcess.Expect(0, "dotnet", _folder.Path, "run", "-c", "Release");
        var losses = Steps().Matches(run.Out).Select(m => double.Parse(m.Groups["loss"].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.InRange(losses.Count, 6, 60);
        Assert.True(losses[^1] < losses[0] - 0.1, run.Out);

        // What the page points to is there.
        Assert.All(
            Sources().Matches(page).Select(m => m.Groups["file"].Value).Distinct(),
            file => Assert.NotEmpty(
                Directory.GetFiles(Path.Combine(Repository.Root, "src", "Autodidact", "Pretraining"), file, SearchOption.AllDirectories)));
    }

    [GeneratedRegex("^```csharp (?<name>\\S+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^step \d+: (?<loss>-?[\d.]+)", RegexOptions.Multiline)]
    private static partial Regex Steps();

    [GeneratedRegex(@"`(?<file>[A-Z]\w+\.cs)`")]
    private static partial Regex Sources();
}
