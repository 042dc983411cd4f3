using System.Diagnostics;
using System.Text.Json.Nodes;
using Autodidact.Runs;

namespace Autodidact.Tests.Runs;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("autodidact-run-").FullName;

    private string Path => System.IO.Path.Combine(_root, "run");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Should_Create_Write_And_Open_A_Run()
    {
        using (var created = RunDirectory.Acquire(Path))
        {
            Assert.Null(created.Record);
            Assert.False(RunDirectory.Exists(Path));
            created.Write(new RunRecord
            {
                Seed = 7,
                Options = new JsonObject { ["pretrain"] = new JsonObject { ["epochs"] = 3 } },
                Hardware = new("some processor", 2, 8192, "cpu", "linux-x64"),
                Data = new Dictionary<string, DataRecord> { ["train"] = new("cifar10.zip", "ab", "/packs/ab.pack", 50000) },
                Steps = new Dictionary<string, long> { ["pretrain"] = 300 },
            });
        }

        using var opened = RunDirectory.Open(Path);
        Assert.False(opened.IsHeld);
        Assert.Equal(7ul, opened.Record!.Seed);
        Assert.Equal(3, (int?)opened.Record.Options["pretrain"]!["epochs"]);
        Assert.Equal(new DataRecord("cifar10.zip", "ab", "/packs/ab.pack", 50000), opened.Record.Data["train"]);
        Assert.Equal(300, opened.Record.Steps["pretrain"]);
        Assert.Equal(2, opened.Record.Hardware!.Threads);
        Assert.Contains("\"memory_mb\": 8192", File.ReadAllText(opened.Paths.Run));
        Assert.Throws<InvalidOperationException>(() => opened.Write(new RunRecord()));
    }

    [Fact]
    public void Should_Let_One_In_At_A_Time_And_The_Next_After_It()
    {
        using (RunDirectory.Acquire(Path))
        {
            var refused = Assert.Throws<AutodidactException>(() => RunDirectory.Acquire(Path));
            Assert.Equal(FailureKind.Usage, refused.Kind);
            Assert.Contains("another process", refused.Message);
        }
        using var second = RunDirectory.Acquire(Path);
        Assert.True(second.IsHeld);
    }

    [Fact]
    public void Should_Remove_What_A_Killed_Process_Was_Writing_And_Nothing_Else()
    {
        string leftover, own;
        using (var first = RunDirectory.Acquire(Path))
        {
            first.Write(new RunRecord());
            Directory.CreateDirectory(first.Paths.Checkpoints);
            leftover = System.IO.Path.Combine(first.Paths.Checkpoints, $"pretrain-000000001.safetensors.{Guid.NewGuid():N}.tmp");
            own = System.IO.Path.Combine(Path, "notes.tmp");
            File.WriteAllText(leftover, "half");
            File.WriteAllText(own, "a user's");
        }

        using (RunDirectory.Acquire(Path))
        {
            Assert.False(File.Exists(leftover));
            Assert.True(File.Exists(own));
        }
    }

    [Fact]
    public void Should_Be_Free_When_The_Holder_Was_Killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "uses flock(1) as the other process");
        RunDirectory.Acquire(Path).Dispose();
        var lockFile = System.IO.Path.Combine(Path, ".lock");
        var start =
            new ProcessStartInfo(
                "flock", ["--no-fork", "--exclusive", lockFile, "sh", "-c", "echo held; exec sleep 60"])
            { RedirectStandardOutput = true };
        using var holder = Process.Start(start)!;
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        Assert.Throws<AutodidactException>(() => RunDirectory.Acquire(Path));
        holder.Kill(entireProcessTree: true);
        holder.WaitForExit();
        using var free = RunDirectory.Acquire(Path);
        Assert.True(free.IsHeld);
    }

    [Fact]
    public void Should_Let_Readers_In_While_It_Is_Held()
    {
        using var held = RunDirectory.Acquire(Path);
        held.Write(new RunRecord { Seed = 1 });
        using var reader = RunDirectory.Open(Path);
        Assert.Equal(1ul, reader.Record!.Seed);
    }

    [Fact]
    public void Should_Refuse_A_Directory_That_Holds_Other_Things()
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, "holiday.jpg"), "x");
        Assert.Contains("not empty", Assert.Throws<AutodidactException>(() => RunDirectory.Acquire(Path)).Message);
        Assert.False(File.Exists(System.IO.Path.Combine(Path, ".lock")));
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => RunDirectory.Open(Path)).Kind);
    }

    [Fact]
    public void Should_Take_Up_A_Directory_Abandoned_Before_Its_First_Record()
    {
        RunDirectory.Acquire(Path).Dispose();
        using var again = RunDirectory.Acquire(Path);
        Assert.Null(again.Record);
    }

    [Fact]
    public void Should_Skip_A_Stage_Only_With_The_Same_Inputs_And_All_It_Left()
    {
        using var run = RunDirectory.Acquire(Path);
        run.Write(new RunRecord { Seed = 1 });
        File.WriteAllText(run.Paths.Encoder, "weights");
        Assert.False(run.IsComplete("pretrain", "a"));
        run.Complete("pretrain", "a", TimeSpan.FromSeconds(5), run.Paths.Encoder);
        Assert.True(run.IsComplete("pretrain", "a"));
        Assert.False(run.IsComplete("pretrain", "b"));
        Assert.False(run.IsComplete("distill", "a"));
        using (var reader = RunDirectory.Open(Path)) Assert.True(reader.IsComplete("pretrain", "a"));
        Assert.Equal(7, run.Record!.Stages["pretrain"].Outputs["encoder.safetensors"]);
        File.WriteAllText(run.Paths.Encoder, "torn");
        Assert.False(run.IsComplete("pretrain", "a"));
        File.Delete(run.Paths.Encoder);
        Assert.False(run.IsComplete("pretrain", "a"));
    }

    [Fact]
    public void Should_Notice_A_File_That_Was_Changed_In_Place()
    {
        using var run = RunDirectory.Acquire(Path);
        run.Write(new RunRecord { Seed = 1 });
        File.WriteAllText(run.Paths.Encoder, "weights");
        run.Complete("pretrain", "a", TimeSpan.FromSeconds(5), run.Paths.Encoder);
        Assert.Null(run.Damage("pretrain"));
        run.RequireWhole(run.Paths.Encoder);

        File.WriteAllText(run.Paths.Encoder, "weightz");
        File.SetLastWriteTimeUtc(run.Paths.Encoder, DateTime.UnixEpoch);
        Assert.False(run.IsComplete("pretrain", "a"));
        Assert.Contains("encoder.safetensors is damaged", run.Damage("pretrain"));
        using var reader = RunDirectory.Open(Path);
        var refused = Assert.Throws<AutodidactException>(() => reader.RequireWhole(reader.Paths.Encoder));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains("autodidact pretrain", refused.Message);

        // Another run must not take it over.
        using var other = RunDirectory.Acquire(System.IO.Path.Combine(_root, "other"));
        other.Write(new RunRecord { Seed = 1 });
        Assert.False(other.Adopt(reader, "pretrain", "a"));

        // A record of an earlier version has sizes alone.
        run.Write(run.Record! with
        {
            Stages = run.Record!.Stages.ToDictionary(s => s.Key, s => s.Value with { Checksums = null }),
        });
        Assert.True(run.IsComplete("pretrain", "a"));
        Assert.Null(run.Damage("pretrain"));
    }

    [Fact]
    public void Should_Finish_The_Exchange_Of_A_Killed_Export_And_Remove_Its_Draft()
    {
        using (var run = RunDirectory.Acquire(Path)) run.Write(new RunRecord());
        var model = System.IO.Path.Combine(Path, "model");
        string[] own = ["model.old", "model.mine.tmp"];
        foreach (var name in own) Directory.CreateDirectory(System.IO.Path.Combine(Path, name));
        Directory.CreateDirectory(System.IO.Path.Combine(Path, $"model.{Guid.NewGuid():N}.tmp", "int8"));
        Directory.CreateDirectory(model + ".replaced");
        File.WriteAllText(System.IO.Path.Combine(model + ".replaced", "model.json"), "old");
        RunDirectory.Acquire(Path).Dispose();
        Assert.Equal(
            ["model", .. own.Order(StringComparer.Ordinal)],
            Directory.EnumerateDirectories(Path).Select(d => System.IO.Path.GetFileName(d)).Order(StringComparer.Ordinal));
        Assert.Equal("old", File.ReadAllText(System.IO.Path.Combine(model, "model.json")));
    }

    [Fact]
    public void Should_Take_A_Stage_From_A_Run_Only_Where_It_Was_Given_The_Same()
    {
        var computed = System.IO.Path.Combine(_root, "computed");
        using (var other = RunDirectory.Acquire(computed))
        {
            other.Write(new RunRecord { Seed = 1, EncoderDigest = "d" });
            File.WriteAllText(other.Paths.Encoder, "weights");
            other.Complete("pretrain", "a", TimeSpan.FromSeconds(5), other.Paths.Encoder);
        }

        using var from = RunDirectory.Open(computed);
        using (var run = RunDirectory.Acquire(Path))
        {
            run.Write(new RunRecord { Seed = 1 });
            Assert.False(run.Adopt(from, "pretrain", "b"));
            Assert.False(run.Adopt(from, "cluster", "a"));
            Assert.False(File.Exists(run.Paths.Encoder));
            Assert.True(run.Adopt(from, "pretrain", "a"));
            Assert.True(run.IsComplete("pretrain", "a"));
            Assert.Equal("weights", File.ReadAllText(run.Paths.Encoder));
            Assert.Equal((computed, "d"), (run.Record!.Stages["pretrain"].From, run.Record.EncoderDigest));
            Assert.Empty(run.Record.Seconds);

            // A copy, not a link: what one run does to its file is no other's business.
            File.AppendAllText(run.Paths.Encoder, "x");
            Assert.Equal("weights", File.ReadAllText(from.Paths.Encoder));
        }

        using var third = RunDirectory.Acquire(System.IO.Path.Combine(_root, "third"));
        third.Write(new RunRecord { Seed = 1 });
        File.WriteAllText(System.IO.Path.Combine(Path, "encoder.safetensors"), "weights");
        using var second = RunDirectory.Open(Path);
        Assert.True(third.Adopt(second, "pretrain", "a"));
        Assert.Equal(computed, third.Record!.Stages["pretrain"].From);
    }

    [Fact]
    public void Should_Say_In_One_Line_That_A_Record_Cannot_Be_Read()
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, "run.json"), "{\"seed\": ");
        var refused = Assert.Throws<AutodidactException>(() => RunDirectory.Acquire(Path));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.DoesNotContain('\n', refused.Message);
        File.Delete(System.IO.Path.Combine(Path, "run.json"));
        RunDirectory.Acquire(Path).Dispose();
    }

    [Fact]
    public void Should_Tell_Fingerprints_Of_Differently_Cut_Parts_Apart()
    {
        Assert.Equal(StageFingerprint.Of("a", "bc"), StageFingerprint.Of("a", "bc"));
        Assert.NotEqual(StageFingerprint.Of("a", "bc"), StageFingerprint.Of("ab", "c"));
        Assert.Equal(32, StageFingerprint.Of("a").Length);
    }
}
