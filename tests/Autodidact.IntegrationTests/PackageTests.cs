using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;
using Autodidact.Inference;
using Autodidact.Runs;
using Autodidact.Tests;

namespace Autodidact.IntegrationTests;

/// <summary>The packages as their users have them: outside the source tree, in processes of their own.</summary>
[Collection<Builds>]
public sealed class PackageTests(PackageFeed feed, ExportedModel exported) : IClassFixture<PackageFeed>, IClassFixture<ExportedModel>
{
    public static TheoryData<string> Ids => [.. PackageFeed.Libraries, PackageFeed.Command, PackageFeed.CommandHere];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Should_Describe_Themselves(string id)
    {
        using var package = feed.Open(id);
        var metadata = Metadata(package);
        Assert.Equal(id, metadata["id"]);
        Assert.Equal("MIT", metadata["license"]);
        Assert.All(new[] { "authors", "description", "tags", "copyright" }, name => Assert.NotEmpty(metadata[name]));
        Assert.Contains("# Autodidact", Text(package, metadata["readme"]), StringComparison.Ordinal);
        Assert.Contains("MIT License", Text(package, "LICENSE"), StringComparison.Ordinal);
        Assert.DoesNotContain("projectUrl", metadata.Keys);
    }

    [Fact]
    public void Should_Carry_Documentation_And_Symbols()
    {
        foreach (var id in PackageFeed.Libraries)
        {
            using var package = feed.Open(id);
            using var symbols = feed.Open(id, "snupkg");
            Assert.Contains("<member ", Text(package, $"lib/net10.0/{id}.xml"), StringComparison.Ordinal);
            Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.dll"));
            Assert.NotNull(symbols.GetEntry($"lib/net10.0/{id}.pdb"));
        }

        using var command = feed.Open(PackageFeed.CommandHere, "snupkg");
        Assert.Contains(command.Entries, e => e.Name == "Autodidact.Cli.pdb");
    }

    [Fact]
    public void Should_Carry_The_Licences_Of_The_Libraries_In_The_Command()
    {
        using var package = feed.Open(PackageFeed.CommandHere);
        var licences = package.Entries.Where(e => e.FullName.Contains("/licences/", StringComparison.Ordinal))
            .Select(e => Path.GetFileName(Path.GetDirectoryName(e.FullName)))
            .ToHashSet();
        Assert.Superset(
            new HashSet<string?>
            {
                "TorchSharp", $"libtorch-cpu-{Repository.Platform}",
                "Microsoft.ML.OnnxRuntime", $"NetVips.Native.{Repository.Platform}",
            },
            licences);
    }

    [Fact]
    public void Should_Name_No_Folder_Of_The_Machine_They_Were_Built_On()
    {
        Assert.SkipUnless(PackageFeed.Configuration == "Release", "a debugger finds the sources of other builds where they are");
        foreach (var id in PackageFeed.Libraries)
        {
            using var package = feed.Open(id);
            using var symbols = feed.Open(id, "snupkg");
            var folder = System.Text.Encoding.UTF8.GetBytes(Repository.Root);
            Assert.All(package.Entries, entry => Assert.True(Bytes(entry).AsSpan().IndexOf(folder) < 0, entry.FullName));
            using var provider = MetadataReaderProvider.FromPortablePdbImage([.. Bytes(symbols.GetEntry($"lib/net10.0/{id}.pdb")!)]);
            var reader = provider.GetMetadataReader();
            Assert.NotEmpty(reader.Documents);
            Assert.All(reader.Documents, document =>
                Assert.StartsWith("/_/", reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Should_Want_Exactly_Each_Others_Version_And_No_Torch_For_Inference()
    {
        var core = Dependencies("Autodidact.Core");
        var inference = Dependencies("Autodidact.Inference");
        var library = Dependencies("Autodidact");
        var exactly = $"[{feed.Version}]";
        Assert.Equal(exactly, inference["Autodidact.Core"]);
        Assert.Equal((exactly, exactly), (library["Autodidact.Core"], library["Autodidact.Inference"]));
        Assert.Contains($"libtorch-cpu-{Repository.Platform}", library.Keys);
        Assert.DoesNotContain(core.Keys.Concat(inference.Keys), name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Should_Train_Export_And_Predict_In_A_Program_That_References_Autodidact_Alone()
    {
        var program = feed.Build("Train", "Autodidact", Code("docs/how-to/packages.md", 0), Code("src/Autodidact/README.md"));
        using var first = ChildProcess.Expect(
            0, "dotnet", feed.Folder("Train"), [program, exported.Pictures, "run", .. ExportedModel.Settings]);
        var run = Path.Combine(feed.Folder("Train"), "run");
        Assert.Equal(60, first.Out.Split('\n').Count(line => line.Contains(".bmp: cluster ", StringComparison.Ordinal)));
        Assert.Equal(4, ModelManifest.Load(Path.Combine(run, "model")).Clusters);

        // The same in the source tree and from packages, to the bit.
        Assert.Equal(SmallRun.Student(exported.Run), SmallRun.Student(run));
        Assert.NotEmpty(Summary.Load(Path.Combine(run, "summary.json")).Exits ?? []);
    }

    [Fact]
    public void Should_Predict_In_A_Program_That_References_Inference_Alone_And_Has_No_Torch()
    {
        var program = feed.Build(
            "Predict", "Autodidact.Inference", Code("docs/how-to/packages.md", 1), Code("src/Autodidact.Inference/README.md"),
            AllCode("docs/how-to/ship.md"));
        using var answer = ChildProcess.Expect(0, "dotnet", feed.Folder("Predict"), program, exported.Model, exported.Picture);
        using var model = EarlyExitModel.Load(exported.Model);
        var expected = model.Predict(exported.Picture, ExitPolicy.Confidence(0.8));
        Assert.Contains(
            $"000.bmp: cluster {expected.Cluster}, {expected.Confidence:F2}, exit {expected.Exit}", answer.Out, StringComparison.Ordinal);

        var assets = Path.Combine(feed.Folder("Predict"), "obj", "project.assets.json");
        Assert.DoesNotContain("torch", File.ReadAllText(assets), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.GetDirectoryName(program)!, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            name => name!.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Should_Install_The_Command()
    {
        var folder = feed.Folder("Tools");
        ChildProcess.Expect(0, "dotnet", folder, "tool", "install", PackageFeed.Command, "--version", feed.Version, "--tool-path", "bin")
            .Dispose();
        var command = Path.Combine(folder, "bin", OperatingSystem.IsWindows() ? "autodidact.exe" : "autodidact");
        Assert.Matches(@"^\d+\.\d+\.\d+", Say("--version"));
        Assert.Contains("libtorch", Say("doctor"), StringComparison.Ordinal);
        Assert.Contains("exit 4", Say("predict", exported.Model, exported.Picture, "--exit", "4"), StringComparison.Ordinal);

        string Say(params string[] arguments)
        {
            using var process = ChildProcess.Expect(0, command, folder, arguments);
            return process.Out;
        }
    }

    /// <summary>A program of the documentation, which is thereby known to compile.</summary>
    private static string Code(string page, int index = 0) => Blocks(page)[index];

    /// <summary>All blocks of a page, each of which goes on where the one before ended.</summary>
    private static string AllCode(string page) => string.Concat(Blocks(page));

    private static string[] Blocks(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page)).ReplaceLineEndings("\n");
        return [.. text.Split("```csharp\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])];
    }

    private static XElement Nuspec(ZipArchive package)
    {
        using var stream = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!;
    }

    private static Dictionary<string, string> Metadata(ZipArchive package) =>
        Nuspec(package).Elements().Single().Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private static string Text(ZipArchive package, string path) => System.Text.Encoding.UTF8.GetString(
        Bytes(package.GetEntry(path) ?? throw new FileNotFoundException($"{path} is not in the package")));

    private Dictionary<string, string> Dependencies(string id)
    {
        using var package = feed.Open(id);
        return Nuspec(package).Descendants().Where(e => e.Name.LocalName == "dependency").ToDictionary(e => e.Attribute("id")!.Value, e =>
            e.Attribute("version")!.Value);
    }
}
