using System.Text.Json;
using Autodidact.Runs;

namespace Autodidact.Tests.Runs;

public sealed class MetricsLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-metrics-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "metrics.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Write_The_Contracts_Keys_And_Read_Them_Back()
    {
        using (var log = MetricsLog.Open(Path))
            log.Append(new MetricsEntry
            {
                Stage = "pretrain",
                Step = 10,
                Epoch = 1,
                Seconds = 1.23456,
                Loss = 5.5,
                LearningRate = 0.12,
                ImagesPerSecond = 640.04,
                Metrics = new Dictionary<string, double> { ["knn"] = 0.5, ["effective_rank"] = 12.25 },
            });
        Assert.Equal(
            """{"stage":"pretrain","step":10,"epoch":1,"seconds":1.235,"loss":5.5,"lr":0.12"""
                + ""","images_per_second":640,"knn":0.5,"effective_rank":12.25}"""
                + "\n",
            File.ReadAllText(Path));
        var read = Assert.Single(MetricsLog.Read(Path));
        Assert.Equal((10, 5.5, 0.12), (read.Step, read.Loss, read.LearningRate));
        Assert.Equal(12.25, read.Metrics["effective_rank"]);
    }

    [Fact]
    public void Should_Leave_Out_What_Was_Not_Measured_And_Write_Null_For_What_Is_Not_Finite()
    {
        using (var log = MetricsLog.Open(Path)) log.Append(Entry("pretrain", 1) with { Loss = double.NaN });
        var line = JsonDocument.Parse(File.ReadAllText(Path)).RootElement;
        Assert.Equal(JsonValueKind.Null, line.GetProperty("loss").ValueKind);
        Assert.False(line.TryGetProperty("lr", out _));
        Assert.Null(Assert.Single(MetricsLog.Read(Path)).Loss);
    }

    [Theory]
    [InlineData("""{"stage":"pretrain","step":4,"a":1,"a":2}""")]
    [InlineData("""{"stage":"pretrain","step":4,"loss":1,"loss":2}""")]
    [InlineData("""{"stage":"pretrain","stage":"distill","step":4}""")]
    [InlineData("""{"stage":"pretrain","step":4,"loss":1e999}""")]
    [InlineData("""{"stage":"pretrain","step":4,"a":-1e999}""")]
    [InlineData("""{"stage":"pretrain","step":-4}""")]
    [InlineData("""{"stage":"pretrain","step":"4"}""")]
    [InlineData("""{"stage":"\ud800","step":4}""")]
    [InlineData("""{"stage":"pretrain","step":4,"\ud800":1}""")]
    [InlineData("""{"stage":"pretrain","step":4,"loss":1.7e308}""")]
    [InlineData("""[1]""")]
    public void Should_Leave_Out_A_Line_That_Is_No_Entry(string line)
    {
        using (var log = MetricsLog.Open(Path)) log.Append(Entry("pretrain", 1));
        File.AppendAllText(Path, line + "\n");
        using (var log = MetricsLog.Open(Path))
        {
            log.Append(Entry("pretrain", 5));
            Assert.Equal([1, 5], MetricsLog.Read(Path).Select(entry => entry.Step));
            log.DropAfter("pretrain", 4);
        }

        Assert.Equal([1], MetricsLog.Read(Path).Select(entry => entry.Step));
    }

    [Fact]
    public void Should_Refuse_A_Metric_Named_Like_A_Fixed_Key()
    {
        using var log = MetricsLog.Open(Path);
        Assert.Throws<ArgumentException>(
            () => log.Append(Entry("pretrain", 1) with { Metrics = new Dictionary<string, double> { ["loss"] = 1 } }));
    }

    [Fact]
    public void Should_Take_Entries_Again_After_One_Could_Not_Be_Written()
    {
        using var log = MetricsLog.Open(Path);
        Directory.CreateDirectory(Path);
        Assert.Equal(FailureKind.Environment, Assert.Throws<AutodidactException>(() => log.Append(Entry("pretrain", 1))).Kind);
        Directory.Delete(Path);
        log.Append(Entry("pretrain", 2));
        log.Append(Entry("pretrain", 3));
        Assert.Equal([2, 3], MetricsLog.Read(Path).Select(entry => entry.Step));
    }

    [Fact]
    public void Should_Drop_What_The_Resumed_Stage_Logged_After_Its_Checkpoint()
    {
        using (var log = MetricsLog.Open(Path))
        {
            for (var step = 1; step <= 5; step++) log.Append(Entry("pretrain", step));
            for (var step = 1; step <= 4; step++) log.Append(Entry("distill", step));
            log.DropAfter("distill", 2);
            log.Append(Entry("distill", 3));
        }
        Assert.Equal(
            ["pretrain 1", "pretrain 2", "pretrain 3", "pretrain 4", "pretrain 5", "distill 1", "distill 2", "distill 3"],
            MetricsLog.Read(Path).Select(entry => $"{entry.Stage} {entry.Step}"));
    }

    [Fact]
    public void Should_Drop_A_Torn_Last_Line_When_It_Goes_On()
    {
        using (var log = MetricsLog.Open(Path)) log.Append(Entry("pretrain", 1));
        File.AppendAllText(Path, """{"stage":"pretrain","step":2,"lo""");
        Assert.Equal(1, Assert.Single(MetricsLog.Read(Path)).Step);
        using (var log = MetricsLog.Open(Path)) log.Append(Entry("pretrain", 2));
        Assert.Equal([1L, 2L], MetricsLog.Read(Path).Select(entry => entry.Step));
        Assert.Equal(2, File.ReadAllLines(Path).Length);
    }

    [Fact]
    public void Should_Recover_When_The_Only_Line_Is_Torn()
    {
        File.WriteAllText(Path, """{"stage":"pre""");
        using (var log = MetricsLog.Open(Path)) log.Append(Entry("pretrain", 1));
        Assert.Equal(1, Assert.Single(MetricsLog.Read(Path)).Step);
        Assert.Single(File.ReadAllLines(Path));
    }

    [Fact]
    public void Should_Be_Readable_While_It_Is_Written()
    {
        using var log = MetricsLog.Open(Path);
        log.Append(Entry("pretrain", 1));
        Assert.Single(MetricsLog.Read(Path));
        log.Append(Entry("pretrain", 2));
        Assert.Equal(2, MetricsLog.Read(Path).Count());
    }

    [Fact]
    public void Should_Read_A_Missing_Log_As_Empty() => Assert.Empty(MetricsLog.Read(Path));

    private static MetricsEntry Entry(string stage, long step) => new() { Stage = stage, Step = step, Epoch = 1, Seconds = step };
}
