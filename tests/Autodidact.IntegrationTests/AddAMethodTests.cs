using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Autodidact.Tests;

namespace Autodidact.IntegrationTests;

/// <summary>The page that walks through adding a method, read as its reader would.</summary>
[Collection<Builds>]
public sealed partial class AddAMethodTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Assembly => _folder[Path.Combine("bin", "Release", "net10.0", "Example.dll")];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Compile_And_Train_The_Code_Of_The_Page()
    {
        var page = Build();
        using var run = ChildProcess.Expect(0, "dotnet", _folder.Path, Assembly);
        var losses = Steps().Matches(run.Out).Select(m => double.Parse(m.Groups["loss"].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.InRange(losses.Count, 6, 60);
        Assert.True(losses[^1] < losses[0] - 0.1, run.Out);
        UseFromTheCommandLine();

        // Every file that the page points to exists.
        Assert.All(
            Sources().Matches(page)
                .Select(m => m.Groups["file"].Value).Where(file => !file.StartsWith("AlignUniform", StringComparison.Ordinal)).Distinct(),
            file => Assert.NotEmpty(Directory.GetFiles(
                Path.Combine(Repository.Root, "src", "Autodidact", "Pretraining"), file, SearchOption.AllDirectories)));
    }

    /// <summary>The run loads the assembly, says so, keeps its path, goes on with it, and can be read without it.</summary>
    private void UseFromTheCommandLine()
    {
        var directory = _folder["run"];
        using var methods = Cli.Expect(0, _folder.Path, "methods", "--plugin", Assembly);
        Assert.Contains("align-uniform", methods.Out, StringComparison.Ordinal);
        string[] arguments = SmallRun.Arguments(
            directory, "--plugin", Assembly, "--pretrain-method", "align-uniform", "--set", "pretrain.align_uniform.sharpness=3");
        using var first = Cli.Expect(0, _folder.Path, ["pretrain", .. arguments[2..]]);
        Assert.Contains($"methods of {Assembly}: align-uniform", first.Error, StringComparison.Ordinal);
        var options = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "run.json")))!["options"]!;
        Assert.Equal(Assembly, options["plugin"]!.GetValue<string>());
        Assert.Equal("""{"sharpness":3,"weight":1}""", options["pretrain"]!["align_uniform"]!.ToJsonString());

        using var rest = Cli.Expect(0, _folder.Path, "run", "--out", directory);
        Assert.Contains($"methods of {Assembly}: align-uniform", rest.Error, StringComparison.Ordinal);
        Assert.Contains("exit 4", rest.Out, StringComparison.Ordinal);
        var moved = $"{Assembly}.moved";
        File.Move(Assembly, moved);
        using var report = Cli.Expect(0, _folder.Path, "report", directory);
        Assert.Contains("align-uniform", File.ReadAllText(Path.Combine(directory, "report.html")), StringComparison.Ordinal);
        using var gone = Cli.Expect(3, _folder.Path, "run", "--out", directory);
        Assert.Contains($"plugin: {Assembly}: no such file", gone.Error, StringComparison.Ordinal);
        File.Move(moved, Assembly);

        using var unknown = Cli.Expect(2, _folder.Path, SmallRun.Arguments(_folder["other"], "--pretrain-method", "align-uniform"));
        Assert.Contains("pre-training method align-uniform: unknown", unknown.Error, StringComparison.Ordinal);
        using var other =
            Cli.Expect(2, _folder.Path, SmallRun.Arguments(_folder["other"], "--plugin", typeof(AddAMethodTests).Assembly.Location));
        Assert.Contains("it has no public class with IMethodLibrary", other.Error, StringComparison.Ordinal);
        File.WriteAllText(_folder["text.dll"], "no assembly");
        using var text = Cli.Expect(2, _folder.Path, SmallRun.Arguments(_folder["other"], "--plugin", _folder["text.dll"]));
        Assert.Contains("it is no .NET assembly", text.Error, StringComparison.Ordinal);
    }

    /// <summary>The page, whose code was built.</summary>
    private string Build()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "how-to", "add-a-method.md")).ReplaceLineEndings("\n");
        var files = Blocks().Matches(page);
        Assert.Equal(
            ["AlignUniformLoss.cs", "AlignUniform.cs", "Program.cs", "AlignUniformMethods.cs"], files.Select(m => m.Groups["name"].Value));
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
        ChildProcess.Expect(0, "dotnet", _folder.Path, "build", "-c", "Release").Dispose();
        return page;
    }

    [GeneratedRegex("^```csharp (?<name>\\S+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^step \d+: (?<loss>-?[\d.]+)", RegexOptions.Multiline)]
    private static partial Regex Steps();

    [GeneratedRegex(@"`(?<file>[A-Z]\w+\.cs)`")]
    private static partial Regex Sources();
}
