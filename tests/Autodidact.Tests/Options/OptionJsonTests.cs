using System.Text.Json.Nodes;
using Autodidact.Options;

namespace Autodidact.Tests.Options;

public class OptionJsonTests
{
    private static readonly SampleOptions Changed = new()
    {
        Seed = ulong.MaxValue,
        Budget = TimeSpan.FromSeconds(90.5),
        Clusters = 12,
        Encoder = "bücher/ä.safetensors",
        Pretrain = new() { LearningRate = 0.1 + 0.2, Stem = SampleStem.AdamW, ExitWeights = [1, 1e-300] },
    };

    [Fact]
    public void Should_Write_The_Names_The_Binder_Takes()
    {
        var json = OptionJson.ToJson(Changed);
        foreach (var option in OptionBinder.Describe(Changed))
        {
            JsonNode? node = json;
            foreach (var part in option.Name.Split('.'))
                node = node!.AsObject().TryGetPropertyValue(part, out var next) ? next : throw new KeyNotFoundException(option.Name);
        }
        Assert.Equal("1m30.5s", (string?)json["budget"]);
        Assert.Equal("cifar-pool", (string?)json["distill"]!["stem"]);
        Assert.Contains("bücher", json.ToJsonString(OptionJson.SerializerOptions));
        Assert.DoesNotContain("twice", json.ToJsonString());
    }

    [Fact]
    public void Should_Read_Back_What_It_Wrote()
    {
        var read = OptionJson.FromJson<SampleOptions>(JsonNode.Parse(OptionJson.ToJson(Changed).ToJsonString())!, "test");
        Assert.Empty(OptionBinder.Diff(Changed, read));
        Assert.Equal(Changed.Pretrain.LearningRate, read.Pretrain.LearningRate);
        Assert.Equal(Changed.Budget, read.Budget);
    }

    [Fact]
    public void Should_Take_The_Default_For_What_Is_Left_Out() =>
        Assert.Empty(OptionBinder.Diff(
            new SampleOptions { Seed = 9 }, OptionJson.FromJson<SampleOptions>(JsonNode.Parse("""{"seed":9,"pretrain":{}}""")!, "test")));

    [Theory]
    [InlineData("""{"sede":1}""")]
    [InlineData("""{"pretrain":{"epochs":"many"}}""")]
    [InlineData("""{"budget":30}""")]
    [InlineData("""{"pretrain":{"stem":"tiny"}}""")]
    public void Should_Refuse_What_This_Version_Does_Not_Have(string json)
    {
        var refused = Assert.Throws<AutodidactException>(() => OptionJson.FromJson<SampleOptions>(JsonNode.Parse(json)!, "run.json"));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.StartsWith("run.json: ", refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
