using System.Text.Json;
using Autodidact.Inference;

namespace Autodidact.IntegrationTests;

/// <summary>Students that train on labels, to compare with, and students that teach students.</summary>
public sealed class UpperBoundTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("supervised")]
    [InlineData("supervised-self-distillation")]
    public void Should_Train_On_Labels_Where_Allowed_And_Say_So(string method)
    {
        var run = _folder["run"];
        var first = Expect(
            0, SmallRun.Arguments(run, "--set", "cluster.k=6", "--distill-method", method, "--set", "distill.allow_labels=true"));
        Assert.Contains($"{method} (USES LABELS)", first.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("for measuring only", first.Out, StringComparison.Ordinal);
        Assert.Contains("10 CLASSES OF LABELS", first.Error, StringComparison.Ordinal);
        using (var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json"))))
        {
            Assert.True(summary.RootElement.GetProperty("distill").GetProperty("uses_labels").GetBoolean());
        }

        // The clusters stay as they are: the labels went to the student alone, who answers with classes.
        var plain = _folder["plain"];
        Expect(0, SmallRun.Arguments(plain, "--set", "cluster.k=6"));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(plain, "clusters.safetensors")), File.ReadAllBytes(Path.Combine(run, "clusters.safetensors")));
        using (var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(plain, "summary.json"))))
        {
            Assert.False(summary.RootElement.GetProperty("distill").TryGetProperty("uses_labels", out _));
        }

        Assert.Contains("USES LABELS", Expect(0, "compare", run, plain).Out, StringComparison.Ordinal);
        Expect(0, "export", run, "--set", "export.measure_seconds=0");
        Assert.Contains("trained on labels", ModelManifest.Load(Path.Combine(run, "model")).Provenance["labels"], StringComparison.Ordinal);

        // Nor do they reach another student through its teacher.
        OneLine(
            2,
            "was trained on labels",
            SmallRun.Arguments(_folder["taught"], "--set", "cluster.k=6", "--distill-method", "kd", "--set", $"distill.teacher={run}"));
    }

    [Fact]
    public void Should_Mark_Everything_That_A_Semi_Supervised_Encoder_Touches()
    {
        var run = _folder["run"];
        string[] more = ["--set", "cluster.k=6", "--pretrain-method", "s4l"];
        OneLine(2, "s4l trains on labels", SmallRun.Arguments(_folder["refused"], more));
        var first = Expect(
            0, SmallRun.Arguments(run, [.. more, "--set", "pretrain.allow_labels=true", "--set", "pretrain.s4l.label_fraction=0.2"]));
        Assert.Contains("s4l (USES LABELS)", first.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("for measuring only", first.Out, StringComparison.Ordinal);
        using (var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json"))))
        {
            Assert.True(summary.RootElement.GetProperty("pretrain").GetProperty("uses_labels").GetBoolean());
        }

        Assert.Contains("USES LABELS", Expect(0, "compare", run, run).Out, StringComparison.Ordinal);
        Expect(0, "export", run, "--set", "export.measure_seconds=0");
        Assert.Contains(
            "encoder was trained on labels", ModelManifest.Load(Path.Combine(run, "model")).Provenance["labels"], StringComparison.Ordinal);

        // Nor do labels come in through the encoder's file or the student.
        string[] encoder =
        [
            "run", "--encoder", Path.Combine(run, "encoder.safetensors"), "--set", "data.synthetic_train=300",
            "--set", "data.synthetic_test=100", "--set", "distill.epochs=1", "--clusters", "6",
        ];
        OneLine(2, "it was trained on labels", [.. encoder, "--out", _folder["taken"]]);
        string[] With(string file) => ["run", "--encoder", file, .. encoder[3..]];
        OneLine(2, "it was trained on labels", [.. With(Path.Combine(run, "model", "encoder.onnx")), "--out", _folder["graph"]]);
        Assert.Contains(
            "(USES LABELS)",
            Expect(0, [.. encoder, "--out", _folder["allowed"], "--set", "pretrain.allow_labels=true"]).Out,
            StringComparison.Ordinal);
        OneLine(
            2,
            "was trained on labels",
            SmallRun.Arguments(_folder["taught"], "--set", "cluster.k=6", "--distill-method", "kd", "--set", $"distill.teacher={run}"));
    }

    [Fact]
    public void Should_Refuse_To_Train_On_Labels_That_Are_Not_There()
    {
        PictureFolder.Make(_folder["images"], images: 40, side: 16);
        File.WriteAllLines(_folder["labels.csv"], ["key,label", .. Enumerable.Range(0, 3).Select(i => $"{i:D3}.bmp,{i % 2}")]);
        string[] arguments =
        [
            "run", _folder["images"], "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4", "--distill-method", "supervised",
            "--set", "distill.allow_labels=true",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=1", "--set", "distill.batch_size=16",
        ];
        OneLine(3, "training images have no label", [.. arguments, "--labels", _folder["labels.csv"], "--out", _folder["some"]]);
        OneLine(3, "training images have no label", [.. arguments, "--out", _folder["none"]]);
    }

    /// <summary>
    /// Other labels are other targets: what was trained on the first ones is not done any more. A run without labels in training keeps
    /// everything.
    /// </summary>
    [Theory]
    [InlineData(2, "--distill-method", "supervised", "--set", "distill.allow_labels=true")]
    [InlineData(2, "--pretrain-method", "s4l", "--set", "pretrain.allow_labels=true")]
    [InlineData(0)]
    public void Should_Not_Take_What_Was_Trained_On_Other_Labels_For_Done(int status, params string[] method)
    {
        PictureFolder.Make(_folder["images"], images: 40, side: 16);
        foreach (var (file, classes) in new[] { ("first.csv", 2), ("other.csv", 4) })
        {
            File.WriteAllLines(_folder[file], ["key,label", .. Enumerable.Range(0, 40).Select(i => $"{i:D3}.bmp,{i % classes}")]);
        }

        var run = _folder["run"];
        Expect(
            0,
            ["run", _folder["images"], "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4", "--labels", _folder["first.csv"],
             "--out", run, "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=1",
             "--set", "distill.batch_size=16",
             .. method]);
        var error = Expect(status, "evaluate", run, "--labels", _folder["other.csv"]).Error;
        Assert.Equal(status == 2, error.Contains("is not finished", StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Let_A_Finished_Student_Teach_One_Of_The_Same_Clusters()
    {
        var (teacher, student) = (_folder["teacher"], _folder["student"]);
        Expect(0, SmallRun.Arguments(teacher));
        string[] taught = ["--distill-method", "kd", "--student-arch", "resnet10-w16-cifar-pool", "--set", "distill.teacher=teacher"];
        Expect(0, SmallRun.Arguments(student, taught));
        var byEncoder = _folder["by-encoder"];
        Expect(0, SmallRun.Arguments(byEncoder, taught[..4]));
        Assert.NotEqual(SmallRun.Student(student), SmallRun.Student(byEncoder));
        Expect(0, SmallRun.Arguments(_folder["fitnets"], ["--distill-method", "fitnets", "--set", "distill.teacher=teacher"]));
        foreach (var method in new[] { "rkd", "similarity-preserving" })
        {
            Expect(0, SmallRun.Arguments(_folder[method], ["--distill-method", method]));
            Expect(0, SmallRun.Arguments(_folder[$"{method}-taught"], ["--distill-method", method, "--set", "distill.teacher=teacher"]));
            Assert.NotEqual(SmallRun.Student(_folder[method]), SmallRun.Student(_folder[$"{method}-taught"]));
        }

        Expect(0, SmallRun.Arguments(_folder["shallow"], ["--distill-method", "clusterfit", "--set", "distill.loss.only_exit=2"]));
        OneLine(
            2,
            "was trained at exit 2 alone",
            SmallRun.Arguments(_folder["by-shallow"], [.. taught[..4], "--set", "distill.teacher=shallow"]));

        OneLine(2, "was not trained on this run's clusters", SmallRun.Arguments(_folder["seed"], [.. taught, "--seed", "2"]));
        OneLine(2, "was not trained on this run's clusters", SmallRun.Arguments(_folder["k"], [.. taught, "--set", "cluster.k=6"]));
        OneLine(
            2,
            "clusters, the student with 6",
            SmallRun.Arguments(_folder["budget"], [.. taught, "--set", "cluster.k=6", "--set", "distill.epochs=0", "--set", "budget=8s"]));
        OneLine(
            3,
            "name a run directory whose student is finished",
            SmallRun.Arguments(_folder["absent"], [.. taught[..4], "--set", "distill.teacher=nowhere"]));

        // A finished student does not need its teacher any more.
        Directory.Delete(teacher, recursive: true);
        Expect(0, "evaluate", student);
        Assert.Contains("already finished", Expect(0, "run", "--out", student).Error, StringComparison.Ordinal);
    }

    private void OneLine(int status, string says, string[] arguments)
    {
        var error = Expect(status, arguments).Error;
        Assert.Contains(
            says,
            Assert.Single(error.Split('\n'), line => line.StartsWith("autodidact: ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private (string Out, string Error) Expect(int status, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        return (cli.Out, cli.Error);
    }
}
