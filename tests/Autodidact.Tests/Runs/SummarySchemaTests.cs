using System.Text.Json.Nodes;
using Autodidact.Cli.Rendering;
using Autodidact.Runs;

namespace Autodidact.Tests.Runs;

public class SummarySchemaTests
{
    private const string Variable = "UPDATE_DOCS";

    private static readonly JsonNode Schema = JsonNode.Parse(SummarySchema.ToJson())!;

    private static string Example => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "summary", "summary.json"));

    [Fact]
    public void Should_Be_The_Schema_In_The_Docs() => Same("summary.schema.json", SummarySchema.ToJson());

    [Fact]
    public void Should_Be_The_Page_In_The_Docs() => Same("summary.md", SummaryReference.Markdown());

    [Fact]
    public void Should_Accept_The_Summary_Of_A_Run() => Assert.Empty(SchemaCheck.Problems(Schema, JsonNode.Parse(Example)));

    [Fact]
    public void Should_Accept_Keys_That_A_Later_Version_Adds()
    {
        var json = JsonNode.Parse(Example)!;
        json["exits"]![0]!["later"] = "x";
        Assert.Empty(SchemaCheck.Problems(Schema, json));
    }

    [Fact]
    public void Should_Know_Every_Key_That_A_Run_Writes()
    {
        var json = JsonNode.Parse(Example)!.AsObject();
        foreach (var (part, value) in json)
        {
            var about = Schema["properties"]![part];
            Assert.NotNull(about);
            var rows = value is JsonArray list ? list.Select(row => row!.AsObject()) : value is JsonObject one ? [one] : [];
            Assert.All(rows.SelectMany(row => row.Select(figure => figure.Key)), key =>
                Assert.NotNull((about["items"] ?? about)["properties"]![key]));
        }
    }

    [Theory]
    [InlineData("$: schema missing", "{}")]
    [InlineData("$.schema: expected 1", """{ "schema": 2 }""")]
    [InlineData("$.pretrain.knn: above 1", """{ "schema": 1, "pretrain": { "knn": 61.2 } }""")]
    [InlineData("$.pretrain.macs: below 0", """{ "schema": 1, "pretrain": { "macs": -1 } }""")]
    [InlineData("$.pretrain.macs: no integer", """{ "schema": 1, "pretrain": { "macs": 1.5 } }""")]
    [InlineData("$.cluster: no object", """{ "schema": 1, "cluster": [] }""")]
    [InlineData("$.exits: no array", """{ "schema": 1, "exits": {} }""")]
    [InlineData("$.exits[0]: exit missing", """{ "schema": 1, "exits": [{}] }""")]
    [InlineData("$.exits[0].exit: no string", """{ "schema": 1, "exits": [{ "exit": 1 }] }""")]
    [InlineData("$.exits[0].exit: not as ^([1-9][0-9]*|ensemble)$", """{ "schema": 1, "exits": [{ "exit": "last" }] }""")]
    [InlineData("$.data.labelled: no boolean", """{ "schema": 1, "data": { "labelled": 1 } }""")]
    [InlineData("$.peak_memory_mb: no number", """{ "schema": 1, "peak_memory_mb": "much" }""")]
    public void Should_Refuse_What_No_Run_Writes(string problem, string json) =>
        Assert.Equal([problem], SchemaCheck.Problems(Schema, JsonNode.Parse(json)));

    private static void Same(string name, string now)
    {
        var path = Path.Combine(Repository.Root, "docs", "reference", name);
        if (Environment.GetEnvironmentVariable(Variable) == "1") File.WriteAllText(path, now);
        Assert.True(
            File.ReadAllText(path) == now,
            $"summary.json changed. Run '{Variable}=1 dotnet test -c Release' and commit docs/reference/{name}.");
    }
}
