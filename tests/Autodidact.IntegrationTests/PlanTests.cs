using System.Text.Json;
using System.Text.Json.Nodes;

namespace Autodidact.IntegrationTests;

/// <summary>Plans of runs, and runs that show predicted beside actual.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Plan_For_This_Machine_And_For_More_Of_It()
    {
        using var cli = Cli.Expect(
            0, _folder.Path, "plan", "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "10", "--json",
            "--set", "data.synthetic_train=300", "--set", "data.synthetic_test=100", "--set", "pretrain.epochs=4",
            "--set", "pretrain.batch_size=64", "--set", "distill.epochs=3", "--set", "distill.batch_size=64",
            "--ranks", "64", "--network", "1gbit", "--images", "30000");
        var plan = JsonNode.Parse(cli.Out)!;
        var here = plan["here"]!["stages"]!.AsArray();
        Assert.Equal(["prepare", "pretrain", "cluster", "distill", "evaluate"], here.Select(stage => (string)stage!["stage"]!));
        Assert.All(here, stage => Assert.True((double)stage!["seconds"]! > 0));

        // 30,000 images without those held out, in batches of 64.
        var held = (int)(30_000 * 0.02);
        Assert.Equal(4 * ((30_000 - held) / 64), (double)here[1]!["steps"]!, 40.0);
        Assert.Equal(0, (double)here[1]!["traffic_bytes"]!);
        var far = plan["elsewhere"]!.AsArray()[^1]!;
        Assert.InRange((double)far["efficiency"]!, 0.0001, 0.9999);
        Assert.True((double)far["stages"]!.AsArray()[1]!["traffic_bytes"]! > 1e6);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Should_Refuse_What_It_Cannot_Plan()
    {
        using var device = Cli.Expect(2, _folder.Path, "plan", "--device", "h9000");
        Assert.Contains("no published figure", device.Error, StringComparison.Ordinal);
        using var network = Cli.Expect(2, _folder.Path, "plan", "--network", "fast");
        Assert.Contains("--network: expected", network.Error, StringComparison.Ordinal);
        using var data = Cli.Expect(3, _folder.Path, "plan", _folder["nothing"]);
        Assert.Contains("no data at", data.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Show_Predicted_Beside_Actual()
    {
        var run = _folder["run"];
        using var cli = Cli.Expect(
            0, _folder.Path, SmallRun.Arguments(run, "--set", "pretrain.epochs=70", "--set", "distill.epochs=60"));
        Assert.Contains("distill: done in", cli.Error, StringComparison.Ordinal);
        Assert.Contains("(predicted ", cli.Error, StringComparison.Ordinal);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json")));
        var forecast = record.RootElement.GetProperty("forecast");
        foreach (var stage in new[] { "pretrain", "cluster", "distill", "evaluate" })
            Assert.True(forecast.GetProperty(stage).GetDouble() > 0, stage);
        using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json")));
        Assert.True(summary.RootElement.GetProperty("seconds").GetProperty("predicted").GetDouble() > 0);
    }
}
