using System.Text.Json.Nodes;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;

namespace Autodidact.Tests.Configuration;

public class RunRequestTests
{
    /// <summary>
    /// Requests and the options that the code of 2026-11-29 made of them, as differences from the defaults. Flags were fields of a request
    /// then.
    /// </summary>
    [Fact]
    public void Should_Make_The_Same_Options_Of_Every_Request_Of_Before()
    {
        var pinned =
            JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "options", "requests.json")))!.AsArray();
        Assert.Equal(42, pinned.Count);
        Assert.All(pinned, one => Assert.Equal(
            one!["options"]!.AsArray().Select(option => option!.GetValue<string>()),
            OptionBinder.Diff(new RunOptions(), RunOptions.Resolve(Read(one["request"]!.ToJsonString())))
                .Select(difference => $"{difference.Name}={difference.New}")));
    }

    [Fact]
    public void Should_Read_What_It_Writes_And_What_Earlier_Versions_Wrote()
    {
        var request = Read(
            """
            { "data": "a.zip", "evaluation_data": "b.zip", "out": "runs/x", "preset": null, "budget": "30m", "clusters": "auto",
              "classes": 7, "holdout": 0.1, "seed": 18446744073709551615,
              "set": ["Pretrain.Epochs=3"] }
            """);
        Assert.Equal("runs/x", request.Out);
        Assert.Equal(
            [
                "data.source=a.zip", "data.evaluation=b.zip", "budget=30m", "pretrain.epochs=0", "distill.epochs=0", "cluster.k=auto",
                "cluster.classes=7", "data.holdout=0.1",
                "seed=18446744073709551615", "Pretrain.Epochs=3",
            ],
            request.Set);
        var written = OptionJson.ToJson(request);
        Assert.Equal(["out", "set"], written.Select(field => field.Key));
        var again = Read(written.ToJsonString());
        Assert.Equal((request.Out, string.Join(' ', request.Set)), (again.Out, string.Join(' ', again.Set)));
        Assert.Equal(("3", null), (again.ValueOf("pretrain.epochs"), again.ValueOf("threads")));
    }

    [Theory]
    [InlineData("""{ "dat": "a.zip" }""", "unknown name 'dat'")]
    [InlineData("""{ "set": null }""", "null stands where a value is needed")]
    [InlineData("""{ "set": "seed=1" }""", "of another kind")]
    [InlineData("""{ "seed": [1] }""", "of another kind")]
    [InlineData("[]", "of another kind")]
    public void Should_Refuse_What_Is_No_Request(string json, string says) =>
        Assert.Contains(says, Assert.Throws<AutodidactException>(() => Read(json)).Message, StringComparison.Ordinal);

    /// <summary>Every option that is a path, and no other; a new one has to be put down here.</summary>
    [Fact]
    public void Should_Mean_The_Same_Files_From_Any_Working_Directory()
    {
        var folder = Path.GetFullPath("somewhere");
        var paths = OptionBinder.Describe(new RunOptions()).Select(option => option.Name).Where(name =>
            InFull($"{name}=a.csv", folder) != $"{name}=a.csv");
        Assert.Equal(
            [
                "plugin", "data.source", "data.pretrain", "data.evaluation", "data.labels", "pretrain.encoder", "pretrain.features",
                "pretrain.evaluation_features", "distill.teacher",
                "export.names",
            ],
            paths);
        Assert.Equal($"Export.Names={Path.Combine(folder, "a.csv")}", InFull("Export.Names=a.csv", folder));
        Assert.All(
            [
                "data.source=synthetic", "data.pretrain=none", "data.labels=folders", "data.labels=none", "export.names=labels",
                "export.names=none", "pretrain.encoder=none", "cluster.k=3",
            ],
            word => Assert.Equal(word, InFull(word, folder)));
        var absolute = Path.GetFullPath("elsewhere.csv");
        Assert.Equal($"export.names={absolute}", InFull($"export.names={absolute}", folder));
    }

    private static string InFull(string set, string folder) => new RunRequest { Set = [set] }.WithFullPaths(folder).Set[0];

    private static RunRequest Read(string json) => OptionJson.FromJson<RunRequest>(JsonNode.Parse(json)!, "test");
}
