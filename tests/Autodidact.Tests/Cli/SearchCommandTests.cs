using System.Text.Json;
using Autodidact.Cli;
using Autodidact.Cli.Startup;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Serialization;
using Autodidact.Tables;
using Autodidact.Tests.Export;
using Autodidact.Tests.Images;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Cli;

/// <summary><c>embed</c> and <c>search</c>, in this process.</summary>
public sealed class SearchCommandTests : IClassFixture<SearchCommandTests.Exported>, IDisposable
{
    private const int Count = 6;
    private readonly ScratchFolder _scratch = new();
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly string _model;

    public SearchCommandTests(Exported exported)
    {
        _model = exported.Folder;
        Directory.CreateDirectory(_scratch["pictures"]);
        for (var i = 0; i < Count; i++)
        {
            File.WriteAllBytes(Picture(i), TestImages.Png(20, 24, seed: i));
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Embed_A_List_From_Standard_Input()
    {
        Assert.Equal(
            0,
            RunWith(
                $"{Picture(3)}\n\n{Picture(1)}\n", "embed", _model, "-", "--out", _scratch["a.npy"], "--exit", "encoder", "--batch", "1"));
        Assert.Contains("2 images", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("(encoder)", _out.ToString(), StringComparison.Ordinal);
        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Equal([Picture(3), Picture(1)], new[] { index.Key(0), index.Key(1) });
        Assert.Null(index.InvertedFile);
        using var model = EarlyExitModel.Load(_model);
        Assert.Equal(FeatureSource.Encoder, index.SourceOf(model));
    }

    /// <summary>An index is made here and searched there: its keys say nothing of the machine.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void Should_Keep_Keys_As_They_Are_Given(string end)
    {
        var folder = Path.GetRelativePath(Environment.CurrentDirectory, _scratch["pictures"]).Replace('\\', '/');
        Assert.Equal(0, Run("embed", _model, folder + end, "--out", _scratch["a.npy"]));
        Assert.Contains($"{Count} images", _out.ToString(), StringComparison.Ordinal);
        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{folder}/{i}.png"), Enumerable.Range(0, Count).Select(index.Key));
        Assert.Equal(0, Run("search", _model, _scratch["a.npy"], "--key", $"{folder}/3.png", "--count", "1", "--format", "csv"));
        Assert.Contains($"{folder}/3.png,1,", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Run("embed", _model, $"{folder}/3.png", "--out", _scratch["b.npy"]));
        Assert.Contains("1 image,", _out.ToString(), StringComparison.Ordinal);
        using var one = EmbeddingIndex.Open(_scratch["b.npy"]);
        Assert.Equal($"{folder}/3.png", one.Key(0));
    }

    [Fact]
    public void Should_Say_That_An_Index_Without_Digests_Is_Not_Checked()
    {
        Assert.Equal(0, Run("embed", _model, _scratch["pictures"], "--out", _scratch["a.npy"]));
        string[] search = ["search", _model, _scratch["a.npy"], "--key", Picture(2)];
        Assert.Equal(0, Run(search));
        Assert.Equal(0, Run("verify", _scratch["a.npy"]));
        Assert.DoesNotContain("not checked", _error.ToString(), StringComparison.Ordinal);
        File.Delete(_scratch["a.index.json"]);
        foreach (var command in new[] { search, ["verify", _scratch["a.npy"]] })
        {
            Assert.Equal(0, Run(command));
            Assert.StartsWith($"{_scratch["a.npy"]}: not checked, for its a.index.json is missing", _error.ToString().Trim());
        }
    }

    [Fact]
    public void Should_Write_Tables_For_Other_Programs()
    {
        Assert.Equal(0, Run("embed", _model, _scratch["pictures"], "--out", _scratch["a.csv"]));
        Assert.Equal(0, Run("embed", _model, _scratch["pictures"], "--out", _scratch["a.parquet"]));
        var rows = CsvFormat.Read(File.ReadAllText(_scratch["a.csv"])).Select(r => r.Fields).ToArray();
        Assert.Equal(Enumerable.Range(0, Count).Select(Picture), rows.Skip(1).Select(r => r[0]));
        using var model = EarlyExitModel.Load(_model);
        Assert.Equal(1 + model.Manifest.FeatureSize, rows[0].Length);
        Assert.Equal("PAR1"u8.ToArray(), File.ReadAllBytes(_scratch["a.parquet"])[..4]);
    }

    [Fact]
    public void Should_Give_The_Same_Hits_In_Every_Format()
    {
        Assert.Equal(0, Run("embed", _model, _scratch["pictures"], "--out", _scratch["a.npy"]));
        using var index = EmbeddingIndex.Open(_scratch["a.npy"]);
        var hits = index.Search(index[2], 4, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0, Run("search", _model, _scratch["a.npy"], "--key", Picture(2), "--count", "4", "--format", "json"));
        using var json = JsonDocument.Parse(_out.ToString());
        Assert.Equal(
            hits.Select(h => h.Key), json.RootElement.GetProperty("hits").EnumerateArray().Select(h => h.GetProperty("key").GetString()));
        Assert.Equal(
            hits.Select(h => h.Similarity),
            json.RootElement.GetProperty("hits").EnumerateArray().Select(h => h.GetProperty("similarity").GetDouble()));

        Assert.Equal(0, Run("search", _model, _scratch["a.npy"], "--key", Picture(2), "--count", "4", "--format", "csv"));
        var csv = CsvFormat.Read(_out.ToString()).Select(r => r.Fields).ToArray();
        Assert.Equal(["query", "rank", "similarity", "row", "key", "problem"], csv[0]);
        Assert.Equal(hits.Select((h, i) => (Picture(2), $"{i + 1}", $"{h.Row}", h.Key)), csv.Skip(1).Select(r => (r[0], r[1], r[3], r[4])));

        Assert.Equal(0, Run("search", _model, _scratch["a.npy"], Picture(2), "--count", "4"));
        var lines = _out.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(Picture(2), lines[0]);
        Assert.Equal(hits.Select(h => h.Key), lines.Skip(1).Select(l => l.Split("  ", StringSplitOptions.RemoveEmptyEntries)[^1]));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("table")]
    public void Should_Give_The_Reason_In_Place_Of_Hits_For_A_Broken_Query(string format)
    {
        Assert.Equal(0, Run("embed", _model, _scratch["pictures"], "--out", _scratch["a.npy"]));
        File.WriteAllText(_scratch["broken.png"], "no picture");
        Assert.Equal(3, Run("search", _model, _scratch["a.npy"], _scratch["broken.png"], Picture(1), "--count", "1", "--format", format));
        Assert.Contains("broken.png", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains(Picture(1), _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 file could not be read", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Write_Nothing_Where_No_Image_Can_Be_Read()
    {
        File.WriteAllText(_scratch["broken.png"], "no picture");
        foreach (var name in new[] { "a.npy", "a.parquet", "a.csv" })
        {
            Assert.Equal(3, Run("embed", _model, _scratch["broken.png"], "--out", _scratch[name]));
            Assert.Contains("no image could be read", _error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(["broken.png"], _scratch.Files);
    }

    [Fact]
    public void Should_Not_Write_Over_A_File_Unless_Told_To()
    {
        foreach (var name in new[] { "a.keys.csv", "a.index.json", "a.ivf" })
        {
            File.WriteAllText(_scratch[name], "mine");
            AssertUsage($"{name} exists", "embed", _model, _scratch["pictures"], "--out", _scratch["a.npy"]);
            Assert.Equal("mine", File.ReadAllText(_scratch[name]));
            File.Delete(_scratch[name]);
        }

        File.WriteAllText(_scratch["a.keys.csv"], "mine");
        Assert.Equal(0, Run("embed", _model, _scratch["pictures"], "--out", _scratch["a.npy"], "--force"));
        EmbeddingIndex.Open(_scratch["a.npy"]).Dispose();
        AssertUsage("exists", "embed", _model, _scratch["pictures"], "--out", _scratch["a.npy"]);
        var folder = Directory.CreateDirectory(_scratch["b.npy"]).FullName;
        AssertUsage($"{folder} is a folder: choose another name", "embed", _model, _scratch["pictures"], "--out", folder, "--force");
    }

    [Fact]
    public void Should_Refuse_What_Cannot_Be_Meant()
    {
        var (pictures, index) = (_scratch["pictures"], _scratch["a.npy"]);
        AssertUsage("--out", "embed", _model, pictures);
        AssertUsage(".npy, .parquet or .csv", "embed", _model, pictures, "--out", _scratch["a.txt"]);
        AssertUsage("only a .npy", "embed", _model, pictures, "--out", _scratch["a.csv"], "--index", "always");
        AssertUsage("--batch 0", "embed", _model, pictures, "--out", index, "--batch", "0");
        AssertUsage("exits 1 to 4", "embed", _model, pictures, "--out", index, "--exit", "5");
        AssertUsage("number of an exit", "embed", _model, pictures, "--out", index, "--exit", "last");
        Assert.Empty(_scratch.Files);

        Assert.Equal(0, Run("embed", _model, pictures, "--out", index));
        AssertUsage("nothing to search for", "search", _model, index);
        AssertUsage("--count 0", "search", _model, index, Picture(0), "--count", "0");
        AssertUsage("--probes 0", "search", _model, index, Picture(0), "--probes", "0");
        AssertUsage("exclude each other", "search", _model, index, Picture(0), "--probes", "1", "--exact");
        AssertUsage("not of exit 1", "search", _model, index, Picture(0), "--exit", "1");
        Assert.Equal(3, Run("search", _model, _scratch["none.npy"], Picture(0)));
        Assert.Contains("no such file", _error.ToString(), StringComparison.Ordinal);
        NpyFile.Write<float>(_scratch["bare.npy"], [1, 2], 1, 2);
        Assert.Equal(3, Run("search", _model, _scratch["bare.npy"], Picture(0)));
        Assert.Contains("bare.keys.csv", _error.ToString(), StringComparison.Ordinal);
    }

    private string Picture(int number) => Path.Combine(_scratch["pictures"], $"{number}.png");

    private void AssertUsage(string says, params string[] arguments)
    {
        Assert.Equal(2, Run(arguments));
        var line = Assert.Single(_error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(says, line, StringComparison.Ordinal);
    }

    private int Run(params string[] arguments) => RunWith("", arguments);

    private int RunWith(string input, params string[] arguments)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        var host = new CliHost
        {
            Out = _out,
            Error = _error,
            In = new StringReader(input),
            Pipeline = (_, _, _, _) => throw new InvalidOperationException("no run was asked for"),
        };
        return new CommandLine(host).Run(arguments);
    }

    /// <summary>A model that all tests use and none changes.</summary>
    public sealed class Exported : IDisposable
    {
        private readonly ScratchFolder _scratch = new();

        public Exported()
        {
            using var network = SmallModel.Network(5);
            SmallModel.Export(network, SmallModel.Images(SmallModel.Pixels(8, 16), 16), Folder).Dispose();
        }

        public string Folder => _scratch["model"];

        public void Dispose() => _scratch.Dispose();
    }
}
