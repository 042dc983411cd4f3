using System.IO.Compression;
using Autodidact.Tests;

namespace Autodidact.IntegrationTests;

/// <summary>The packages of this build in a feed of their own, under a version that nobody else has.</summary>
public sealed class PackageFeed : IDisposable
{
    private readonly TempFolder _folder = new();

    public PackageFeed()
    {
        foreach (var project in Libraries)
        {
            Pack(project, "--no-build");
        }

        // The command is built for its platform first: only that build holds its native libraries.
        Pack(Command, "--no-restore", "-p:BuildProjectReferences=false");
        File.WriteAllText(
            _folder["NuGet.config"],
            $"""<configuration><packageSources><add key="feed" value="{Feed}" /></packageSources></configuration>""");
    }

    public static IReadOnlyList<string> Libraries { get; } = ["Autodidact.Core", "Autodidact.Inference", "Autodidact"];

    /// <summary>These tests lie in bin/(configuration)/(framework), like everything that was built with them.</summary>
    public static string Configuration { get; } = Path.GetFileName(
        Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    public static string Command => "Autodidact.Cli";

    /// <summary>The package that holds the command for this platform; <see cref="Command"/> only points to it.</summary>
    public static string CommandHere => $"{Command}.{Repository.Platform}";

    public string Version { get; } = $"0.0.0-test.{Guid.NewGuid():N}";

    public string Feed => _folder["feed"];

    /// <summary>
    /// A folder below the one whose NuGet.config adds the feed to the machine's sources, outside the source tree and its settings.
    /// </summary>
    public string Folder(string name) => Directory.CreateDirectory(_folder[name]).FullName;

    /// <summary>Opens a package.</summary>
    public ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.{extension}"));

    /// <summary>Builds a console program that references one package, and gives the path of what to start.</summary>
    /// <param name="name">Name of the program.</param>
    /// <param name="package">The package.</param>
    /// <param name="program">Its source.</param>
    /// <param name="snippets">Further programs, which must compile.</param>
    public string Build(string name, string package, string program, params string[] snippets)
    {
        var folder = Folder(name);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
        foreach (var (i, snippet) in snippets.Index())
        {
            var lines = snippet.Split('\n');
            var usings = lines
                .TakeWhile(line => line.Length == 0 || (line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=')))
                .ToArray();
            var source = string.Join(
                '\n',
                [
                    .. usings, $"internal static class Snippet{i} {{ internal static async Task RunAsync() {{", .. lines[usings.Length..],
                    "} }",
                ]);
            File.WriteAllText(Path.Combine(folder, $"Snippet{i}.cs"), source);
        }

        File.WriteAllText(
            Path.Combine(folder, $"{name}.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <!-- Only to spare the disk of the tests half a gigabyte. -->
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        using var build = ChildProcess.Expect(0, "dotnet", folder, "build", "-c", "Release", "-o", "out");
        return Path.Combine(folder, "out", $"{name}.dll");
    }

    public void Dispose()
    {
        // Restoring unpacks packages into the user's cache, where this version is of no use to anybody.
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } own
            ? own
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var id in (string[])[.. Libraries, Command, CommandHere])
        {
            var package = Path.Combine(cache, id.ToLowerInvariant());
            var unpacked = Path.Combine(package, Version);
            if (Directory.Exists(unpacked))
            {
                Directory.Delete(unpacked, recursive: true);
            }

            if (Directory.Exists(package) && !Directory.EnumerateFileSystemEntries(package).Any())
            {
                Directory.Delete(package);
            }
        }

        _folder.Dispose();
    }

    private void Pack(string project, params string[] how)
    {
        using var pack = ChildProcess.Expect(
            0, "dotnet", Repository.Root,
            ["pack", Path.Combine("src", project), "-c", Configuration, "-o", Feed, $"-p:PackageVersion={Version}", .. how]);
    }
}
