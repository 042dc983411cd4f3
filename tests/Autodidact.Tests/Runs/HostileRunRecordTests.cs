using System.Text.Json.Nodes;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Runs;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Runs;

/// <summary>
/// A <c>run.json</c> that somebody edited is read or refused in one line, and nothing is trained over the work of another.
/// </summary>
public sealed class HostileRunRecordTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Take_Or_Refuse_Every_Edited_Record()
    {
        var (taken, refused) = EditedJson.Check(EditedJson.Of(Json(), each: 2), Use);
        Assert.InRange(taken, 10, int.MaxValue);
        Assert.InRange(refused, 500, int.MaxValue);
    }

    [Theory]
    [InlineData("schema", "99", "it has schema 99, this version reads 1: a newer version wrote it: update this one")]
    [InlineData("schema", "0", "it has schema 0, this version reads 1")]
    [InlineData("data", "null", "data (line")]
    [InlineData("data", "{\"train\": null}", "null stands where a value is needed")]
    [InlineData("steps", "{\"pretrain\": 9000000000000000000}", "steps.pretrain: 9000000000000000000 steps, 0 to 999999999 are possible")]
    [InlineData("steps", "{\"pretrain\": -1}", "steps.pretrain: -1 steps")]
    [InlineData("seconds", "{\"pretrain\": 1e12}", "seconds.pretrain: no stage takes 1000000000000 seconds")]
    [InlineData("options", "{\"pretrain\": {\"epochs\": \"many\"}}", "options this version writes: pretrain.epochs: the value")]
    [InlineData("options", "{\"pretrain\": null}", "writes: pretrain: null stands where a value is needed")]
    [InlineData("request", "{\"set\": [null]}", "run.json, request: not the options this version writes: set: null stands where")]
    public void Should_Name_The_Place_And_The_Remedy(string name, string value, string expected)
    {
        var json = JsonNode.Parse(Json())!;
        json[name] = JsonNode.Parse(value);
        var path = Write(json.ToJsonString(new() { WriteIndented = true }));
        var failure = Assert.Throws<AutodidactException>(() =>
        {
            using var run = RunDirectory.Open(path);
            run.Record!.GetOptions<RunOptions>();
            run.Record!.GetRequest<RunRequest>();
        });
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../other/encoder.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("..\\\\b")]
    [InlineData("")]
    public void Should_Refuse_Files_Of_A_Stage_That_Lie_Elsewhere(string name)
    {
        var path = Write(Json().Replace("encoder.safetensors", name, StringComparison.Ordinal));
        var failure = Assert.Throws<AutodidactException>(() => RunDirectory.Open(path));
        Assert.Contains("is no file of the run's", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"schema\": 1}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"schema\": 1, \"schema\": 1}")]
    public void Should_Take_No_Run_Whose_Record_Is_Not_Whole(string json)
    {
        var path = Write(json);
        File.WriteAllText(Path.Combine(path, "encoder.safetensors"), "the work of days");
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => RunDirectory.Acquire(path)).Kind);
        Assert.Equal(json, File.ReadAllText(Path.Combine(path, "run.json")));
        Assert.Equal("the work of days", File.ReadAllText(Path.Combine(path, "encoder.safetensors")));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("pretrain")]
    [InlineData("cluster")]
    [InlineData("distill")]
    [InlineData("evaluate")]
    [InlineData("export")]
    [InlineData("seed")]
    public void Should_Not_Go_On_With_Defaults_In_Place_Of_Options(string group)
    {
        var json = JsonNode.Parse(Json())!;
        json["options"]!.AsObject().Remove(group);
        using var run = RunDirectory.Open(Write(json.ToJsonString()));
        var failure = Assert.Throws<AutodidactException>(() => run.Record!.OptionsToGoOn());
        Assert.Contains($"options: {group} missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Not_Begin_A_Run_Among_The_Work_Of_One_Whose_Record_Is_Gone()
    {
        var path = Write(Json());
        RunDirectory.Acquire(path).Dispose();
        File.WriteAllText(Path.Combine(path, "encoder.safetensors"), "the work of days");
        File.Delete(Path.Combine(path, "run.json"));
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => RunDirectory.Acquire(path)).Kind);
    }

    private static string Json()
    {
        var options = RunOptions.Resolve(new RunRequest { Set = ["data.source=synthetic"] });
        return System.Text.Json.JsonSerializer.Serialize(
            new RunRecord
            {
                Options = OptionJson.ToJson(options),
                Request = OptionJson.ToJson(new RunRequest { Out = "runs/a", Set = ["data.source=synthetic", "seed=1"] }),
                Seed = 1,
                Created = DateTimeOffset.UnixEpoch,
                Commit = "abc",
                Versions = new Dictionary<string, string> { ["autodidact"] = "1.0.0" },
                Hardware = new HardwareRecord("cpu", 2, 1_000, "cpu", "linux-x64"),
                Data = new Dictionary<string, DataRecord> { ["train"] = new("synthetic", "f", "/cache/f.pack", 600) },
                SetAside = false,
                EncoderDigest = "e",
                Steps = new Dictionary<string, long> { ["pretrain"] = 20 },
                Plans = new Dictionary<string, StagePlan> { ["distill"] = new(3, 0.1) },
                Seconds = new Dictionary<string, double> { ["pretrain"] = 1.5 },
                Stages = new Dictionary<string, StageRecord>
                {
                    ["pretrain"] = new("i", DateTimeOffset.UnixEpoch, 1.5, new Dictionary<string, long> { ["encoder.safetensors"] = 16 }),
                },
            },
            OptionJson.SerializerOptions);
    }

    /// <summary>All that commands over an existing run make of its record.</summary>
    private void Use(string json)
    {
        using var run = RunDirectory.Open(Write(json));
        var record = run.Record!;
        OptionBinder.Describe(record.RunOptions());
        var request = RunOptions.Resolve(record.GetRequest<RunRequest>().WithFullPaths());
        var options = record.OptionsToGoOn();
        options.Check([]);
        OptionBinder.Diff(options, request);
        run.IsComplete("pretrain", "i");
        Assert.InRange(TimeSpan.FromSeconds(record.Seconds.Values.Sum()), TimeSpan.Zero, TimeSpan.MaxValue);
    }

    private string Write(string json)
    {
        var path = Directory.CreateDirectory(_scratch["run"]).FullName;
        File.WriteAllText(Path.Combine(path, "run.json"), json);
        return path;
    }
}
