using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.IntegrationTests;

public sealed class StageCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Do_One_Stage_Of_A_Run_Again_With_Other_Options()
    {
        var run = _folder["run"];
        Expect(0, SmallRun.Arguments(run));
        var encoder = SmallRun.Encoder(run);
        var student = SmallRun.Student(run);

        Expect(0, "cluster", run, "--clusters", "6");
        Assert.Equal(6, Options(run).Cluster.K);
        Assert.Contains("stage distill is not finished", Expect(2, "evaluate", run).Error, StringComparison.Ordinal);
        Expect(0, "distill", run, "--set", "distill.epochs=1");
        Assert.Contains("k = 6", Expect(0, "evaluate", run).Out, StringComparison.Ordinal);
        var linear = Linear(run);
        Expect(0, "evaluate", run, "--set", "evaluate.linear.loss=squared-hinge");
        Assert.Equal(LinearProbeLoss.SquaredHinge, Options(run).Evaluate.Linear.Loss);
        Assert.Contains("\"loss\": \"squared-hinge\"", File.ReadAllText(Path.Combine(run, "run.json")), StringComparison.Ordinal);
        Assert.NotEqual(linear, Linear(run));
        Assert.Equal(encoder, SmallRun.Encoder(run));
        Assert.NotEqual(student, SmallRun.Student(run));
        Assert.Contains("already finished", Expect(0, "run", "--out", run).Error, StringComparison.Ordinal);

        Assert.Contains("pretrain.epochs: 4 -> 5", Expect(2, "cluster", run, "--set", "pretrain.epochs=5").Error, StringComparison.Ordinal);
        Expect(3, "evaluate", run, "--on", _folder["nothing"]);
        Assert.Null(Options(run).Data.Evaluation);
    }

    [Fact]
    public void Should_Do_A_Stage_Again_Whose_Files_Were_Damaged()
    {
        var run = _folder["run"];
        Expect(0, SmallRun.Arguments(run));
        var features = File.ReadAllBytes(Path.Combine(run, "features.npy"));
        var student = SmallRun.Student(run);
        Flip(Path.Combine(run, "features.npy"));
        Flip(Path.Combine(run, "student.safetensors"));
        File.Delete(Path.Combine(run, "report.html"));

        Assert.Contains("features.npy", Expect(3, "verify", run).Out, StringComparison.Ordinal);
        Assert.Contains("features.npy is damaged", Expect(3, "export", run).Error, StringComparison.Ordinal);
        var again = Expect(0, "run", "--out", run);
        Assert.Contains("features.npy is damaged", again.Error, StringComparison.Ordinal);
        Assert.Contains("student.safetensors is damaged", again.Error, StringComparison.Ordinal);
        Assert.Equal(features, File.ReadAllBytes(Path.Combine(run, "features.npy")));
        Assert.Equal(student, SmallRun.Student(run));
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
        Assert.DoesNotContain("damaged", Expect(0, "verify", run).Out, StringComparison.Ordinal);

        // Results that cannot be read are neither shown nor exported, and stay until they are measured again.
        var summary = Path.Combine(run, "summary.json");
        File.WriteAllText(summary, "{");
        foreach (var command in new string[][] { ["run", "--out", run], ["export", run] })
        {
            var refused = Expect(3, command);
            Assert.Contains($"autodidact: {run} is finished, but {summary}", refused.Error, StringComparison.Ordinal);
            Assert.Contains($"autodidact evaluate {run}", refused.Error, StringComparison.Ordinal);
            Assert.Empty(refused.Out.Trim());
        }

        Assert.Contains("going on without what it said", Expect(0, "evaluate", run).Error, StringComparison.Ordinal);
        var finished = Expect(0, "run", "--out", run);
        Assert.Contains("already finished", finished.Error, StringComparison.Ordinal);
        Assert.Contains("exit 1", finished.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_Training_In_Which_Nothing_Is_Learned() =>
        Assert.Contains(
            "it learns nothing in its first epoch",
            Expect(
                2,
                [
                    "pretrain",
                    .. SmallRun.Arguments(_folder["run"], "--pretrain-method", "deepcluster-v2", "--set", "pretrain.epochs=1")[2..],
                ]).Error,
            StringComparison.Ordinal);

    /// <summary>Of 300 images 270 are trained on, and 256 of these in an epoch.</summary>
    [Theory]
    [InlineData("deepcluster-v2", "pretrain.deepcluster_v2.prototypes", 271, "271 for 270 images: choose 270 at most")]
    [InlineData(
        "deepcluster-v2",
        "pretrain.deepcluster_v2.prototypes",
        257,
        "257 for the 256 of 270 images that an epoch sees: choose 256 at most")]
    [InlineData("deepcluster", "pretrain.deepcluster.clusters", 271, "271 for 270 images: choose 270 at most")]
    [InlineData("swav", "pretrain.swav.prototypes", 271, "271 for 270 images: choose 270 at most")]
    public void Should_Refuse_More_Clusters_Than_Images_Before_It_Trains(string method, string option, int clusters, string says) =>
        Assert.Contains(
            $"{option}: {says}",
            Expect(
                2,
                [
                    "pretrain",
                    .. SmallRun.Arguments(_folder["run"], "--pretrain-method", method, "--set", $"{option}={clusters}")[2..],
                ]).Error,
            StringComparison.Ordinal);

    [Fact]
    public void Should_Evaluate_On_Other_Images_Than_Those_Set_Aside()
    {
        var images = _folder["images"];
        PictureFolder.Make(Path.Combine(images, "one"), images: 40, side: 16);
        PictureFolder.Make(Path.Combine(images, "two"), images: 40, side: 16);
        var run = _folder["run"];
        Expect(
            0,
            "run", images, "--out", run, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=1", "--set", "distill.batch_size=16");
        var student = SmallRun.Student(run);
        var (record, summary) = (File.ReadAllText(Path.Combine(run, "run.json")), File.ReadAllText(Path.Combine(run, "summary.json")));
        Assert.Contains("80 to evaluate", Expect(0, "evaluate", run, "--on", images).Out, StringComparison.Ordinal);

        // The run itself stays as it is, to the byte; the results lie beside it.
        Assert.Equal(student, SmallRun.Student(run));
        Assert.Equal(record, File.ReadAllText(Path.Combine(run, "run.json")));
        Assert.Equal(summary, File.ReadAllText(Path.Combine(run, "summary.json")));
        var beside = Summary.Load(Path.Combine($"{run}-on-images", "summary.json"));
        Assert.Equal(80, beside.Data!.EvalImages);
        Assert.NotEqual(80, Summary.Load(Path.Combine(run, "summary.json")).Data!.EvalImages);
        Assert.Equal(student, SmallRun.Student($"{run}-on-images"));

        // A directory of one's own name works too, and one made in vain goes.
        Expect(0, "evaluate", run, "--on", images, "--out", _folder["other"]);
        Assert.Equal(80, Summary.Load(Path.Combine(_folder["other"], "summary.json")).Data!.EvalImages);
        Expect(3, "evaluate", run, "--on", _folder["nowhere"]);
        Assert.False(Directory.Exists($"{run}-on-nowhere"));

        // Doing a stage again in the same way keeps the scores of its result.
        var scores = ClusterScores();
        Assert.NotNull(scores.Purity);
        Expect(0, "cluster", run);
        Assert.Equal(scores, ClusterScores());
        Assert.Contains("exit 4", Expect(0, "run", "--out", run).Out, StringComparison.Ordinal);

        RepresentationScores ClusterScores() => Summary.Load(Path.Combine(run, "summary.json")).Cluster!.Scores;
    }

    [Fact]
    public void Should_Pretrain_On_Another_Set_Of_Another_Size_And_Need_The_Encoder_File_Only_Once()
    {
        var (pretrain, target) = (_folder["pretrain"], _folder["target"]);
        PictureFolder.Make(Path.Combine(pretrain, "class"), images: 50, side: 24);
        PictureFolder.Make(target, images: 40, side: 16);
        var labels = _folder["labels.csv"];
        File.WriteAllLines(labels, ["key,label", .. Enumerable.Range(0, 3).Select(i => $"{i:D3}.bmp,{i % 2}")]);
        var run = _folder["run"];
        string[] settings =
        [
            "--clusters", "4", "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=1",
            "--set", "distill.batch_size=16",
        ];
        var first = Expect(
            0,
            [
                "run", "target", "--pretrain-data", "pretrain", "--labels", "labels.csv", "--out", run,
                "--encoder-arch", "resnet10-w8-cifar-pool", "--student-arch", "resnet10-w16-cifar-pool", .. settings,
            ]);
        Assert.Contains("49 images to pre-train", first.Out, StringComparison.Ordinal);

        var (file, second) = (_folder["encoder.safetensors"], _folder["second"]);
        File.Copy(Path.Combine(run, "encoder.safetensors"), file);
        Assert.Contains(
            "--encoder-arch",
            Expect(2, "run", target, "--out", _folder["third"], "--encoder", file, "--encoder-arch", "resnet18").Error,
            StringComparison.Ordinal);
        Expect(0, ["run", target, "--out", second, "--encoder", file, .. settings]);
        Assert.Equal(SmallRun.Encoder(run), SmallRun.Encoder(second));
        File.Delete(file);
        Assert.Contains("already finished", Expect(0, "run", "--out", second).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Start_From_A_PyTorch_Checkpoint()
    {
        var (file, run) = (_folder["encoder.pth"], _folder["run"]);
        using (var encoder = Architecture.Parse("resnet18-w8-cifar-pool").Create(seed: 7))
        {
            ModuleStore.SaveTorch(encoder, file);
        }

        string[] arguments =
        [
            "run", "--encoder", file, "--clusters", "4", "--set", "data.synthetic_train=100", "--set", "data.synthetic_test=100",
            "--set", "distill.epochs=1", "--set", "distill.batch_size=32",
        ];
        Assert.Contains("resnet18-w8-cifar,", Expect(0, [.. arguments, "--out", run]).Out, StringComparison.Ordinal);

        // Shapes do not tell whether there is a pool: the user's word counts.
        Assert.Contains(
            "resnet18-w8-cifar-pool",
            Expect(0, [.. arguments, "--out", _folder["pool"], "--encoder-arch", "resnet18-w8-cifar-pool"]).Out,
            StringComparison.Ordinal);
        Assert.Contains(
            "another architecture",
            Expect(3, [.. arguments, "--out", _folder["other"], "--encoder-arch", "resnet10-w8-cifar"]).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Buy_Steps_With_A_Budget_And_Keep_Them()
    {
        // Enough that a busy machine buys some too; the run is never finished.
        var run = _folder["run"];
        string[] arguments =
        [
            "run", "--out", run, "--budget", "10m", "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "10",
            "--set", "data.synthetic_train=300", "--set", "data.synthetic_test=100", "--set", "pretrain.batch_size=32",
            "--set", "distill.batch_size=32",
        ];
        using (var cli = Cli.Start(_folder.Path, arguments))
        {
            Assert.True(
                cli.Until(
                    () => Directory.Exists(Path.Combine(run, "checkpoints"))
                        && Directory.EnumerateFiles(Path.Combine(run, "checkpoints"), "pretrain-*.safetensors").Any()));
            cli.Kill();
        }

        var bought = Steps(run);
        Assert.All(bought.Values, steps => Assert.True(steps > 10, $"{steps} steps"));
        using var resumed = Cli.Start(_folder.Path, arguments);
        Assert.True(resumed.Until(() => resumed.Error.Contains($"of {bought["pretrain"]}", StringComparison.Ordinal)), resumed.Error);
        resumed.Kill();
        Assert.DoesNotContain("budget 10 min", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(bought, Steps(run));
    }

    [Fact]
    public void Should_Train_Anew_When_The_Plan_Took_A_Step_For_Far_Longer_Than_It_Is()
    {
        var run = _folder["run"];
        string[] arguments = SmallRun.ArgumentsWithoutPretraining(run, "--budget", "30s", "--set", "pretrain.batch_size=64");
        using (var cli = Cli.Start(_folder.Path, arguments))
        {
            Assert.True(
                cli.Until(
                    () => Directory.Exists(Path.Combine(run, "checkpoints"))
                        && Directory.EnumerateFiles(Path.Combine(run, "checkpoints"), "pretrain-*.safetensors").Any()));
            cli.Kill();
        }

        // As if something else had held the processor while the steps were timed, and no training had begun nor taken any time. Ten seconds
        // a step, and 15 for two, are more than a busy machine takes.
        using (var directory = RunDirectory.Acquire(run))
        {
            Assert.True(directory.Record!.Plans["pretrain"].SecondsPerStep > 0);
            directory.Write(directory.Record.Without("pretrain").WithPlan("pretrain", 2, new StagePlan(30, 10)));
        }

        Directory.Delete(Path.Combine(run, "checkpoints"), recursive: true);
        Assert.Contains("budget: 2 steps of pretrain took", Expect(0, arguments).Error, StringComparison.Ordinal);
        var steps = Steps(run)["pretrain"];
        Assert.InRange(steps, 3, long.MaxValue);
        using (var directory = RunDirectory.Open(run)) Assert.Empty(directory.Record!.Plans);

        // The second training is one of its own: as if its steps had been asked for.
        var epochs = (double)steps / Trainer.StepsPerEpoch(270, 64);
        Assert.Equal(epochs, Summary.Load(Path.Combine(run, "summary.json")).Pretrain!.Epochs);
        Expect(
            0,
            [
                "pretrain",
                .. SmallRun.Arguments(_folder["asked"], "--set", FormattableString.Invariant($"pretrain.epochs={epochs}"))[2..],
            ]);
        Assert.Equal(SmallRun.Encoder(_folder["asked"]), SmallRun.Encoder(run));

        // And the plan stays.
        Assert.Contains("done earlier", Expect(0, arguments).Error, StringComparison.Ordinal);
        Assert.Equal(steps, Steps(run)["pretrain"]);
    }

    [Fact]
    public void Should_Warn_Of_More_Threads_Than_Cores()
    {
        // Not waited for: that is what it warns of.
        using var slow = Cli.Start(_folder.Path, SmallRun.Arguments(_folder["slow"], "--set", $"threads={Environment.ProcessorCount + 1}"));
        Assert.True(
            slow.Until(() => slow.Error.Contains($"threads={Environment.ProcessorCount + 1}: the program has", StringComparison.Ordinal)),
            slow.Error);
        slow.Kill();
        using var alone = Cli.Start(_folder.Path, SmallRun.Arguments(_folder["alone"], "--set", "threads=1"));
        Assert.True(alone.Until(() => alone.Error.Contains("pretrain", StringComparison.Ordinal)), alone.Error);
        alone.Kill();
        Assert.DoesNotContain("threads=", alone.Error, StringComparison.Ordinal);
    }

    /// <summary>Two cores, whatever runs beside this test: one thread or two, which the run then keeps.</summary>
    [Fact]
    public void Should_Take_Every_Core_And_Go_On_With_Those_It_Began_With()
    {
        var run = _folder["run"];
        string[] TwoCores(params string[] arguments) => ["DOTNET_PROCESSOR_COUNT=2", "dotnet", Cli.Program, .. arguments];
        ChildProcess.Expect(0, "env", _folder.Path, TwoCores(["pretrain", .. SmallRun.Arguments(run)[2..]])).Dispose();
        using (var directory = RunDirectory.Acquire(run))
        {
            var hardware = directory.Record!.Hardware!;
            Assert.Equal(hardware.Threads, hardware.Ranks);
            Assert.InRange(hardware.Threads, Math.Min(2, TorchThreads.Default), 2);
            directory.Write(directory.Record with { Hardware = hardware with { Threads = 1, Ranks = 1 } });
        }

        using var second = ChildProcess.Expect(0, "env", _folder.Path, TwoCores("run", "--out", run));
        Assert.Contains("done earlier", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("goes on with", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Go_On_On_Another_Device_And_Refuse_One_That_Is_Not_There()
    {
        Assert.SkipWhen(TorchDevices.Here.Cuda > 0, "there is a CUDA device");
        var run = _folder["run"];
        Expect(0, ["pretrain", .. SmallRun.Arguments(run)[2..]]);
        using (var directory = RunDirectory.Acquire(run))
        {
            var hardware = directory.Record!.Hardware!;
            Assert.Equal("cpu", hardware.Device);
            directory.Write(directory.Record with { Hardware = hardware with { Device = "cuda:0" } });
        }

        var (_, refused) = Expect(5, [.. SmallRun.Arguments(run), "--device", "cuda"]);
        Assert.Contains("device=cuda: ", refused, StringComparison.Ordinal);
        Assert.Equal("auto", Options(run).Device);
        var (_, told) = Expect(0, [.. SmallRun.Arguments(run), "--device", "cpu"]);
        Assert.Contains("this run began on cuda:0 and goes on on cpu", told, StringComparison.Ordinal);
        Assert.Contains("pretrain: already done", told, StringComparison.Ordinal);
        Assert.Equal("cpu", Options(run).Device);
    }

    private static Dictionary<string, long> Steps(string run)
    {
        using var directory = RunDirectory.Open(run);
        return new Dictionary<string, long>(directory.Record!.Steps);
    }

    private static double?[] Linear(string run)
    {
        var summary = Summary.Load(Path.Combine(run, "summary.json"));
        return [summary.RawPixels!.Linear, summary.Untrained!.Linear, summary.Pretrain!.Scores.Linear];
    }

    private static RunOptions Options(string run)
    {
        using var directory = RunDirectory.Open(run);
        return directory.Record!.GetOptions<RunOptions>();
    }

    private (string Out, string Error) Expect(int status, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        return (cli.Out, cli.Error);
    }

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
