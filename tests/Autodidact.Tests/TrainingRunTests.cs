using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Images;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Autodidact.Views;

namespace Autodidact.Tests;

/// <summary>The library's front door, over images that a program makes itself.</summary>
public sealed class TrainingRunTests : IDisposable
{
    private const int Side = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("training-run").FullName;

    private string RunFolder => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Should_Train_Export_And_Predict_From_A_Source_Of_Ones_Own()
    {
        var told = new List<RunEvent>();
        var thread = new HashSet<int>();
        var run = await TrainingRun.StartAsync(
            new Stripes(60),
            Small,
            e =>
            {
                told.Add(e);
                thread.Add(Environment.CurrentManagedThreadId);
            },
            TestContext.Current.CancellationToken,
            RunFolder);

        // Every event came before the call returned, on one thread, in the stages' order.
        Assert.Single(thread);
        Assert.Equal(
            [Stage.Prepare, Stage.Pretrain, Stage.Cluster, Stage.Distill, Stage.Evaluate],
            told.OfType<StageCompleted>().Select(e => e.Stage));
        Assert.False(run.WasFinished);
        Assert.Equal(RunFolder, run.Directory);
        Assert.Equal(4, run.Options.Cluster.K);
        Assert.Equal(4, run.Summary.Cluster!.K);
        using (var model = run.OpenModel())
        {
            Assert.Equal(4, model.Manifest.Clusters);
            var picture = Path.Combine(_folder, "one.bmp");
            File.WriteAllBytes(picture, Stripes.Bitmap(3));
            Assert.InRange(model.Predict(picture).Cluster, 0, 3);
        }

        var again = await TrainingRun.StartAsync(new Stripes(60), Small, null, TestContext.Current.CancellationToken, RunFolder);
        Assert.True(again.WasFinished);
        Assert.Contains(
            "start that program again",
            (await Assert.ThrowsAsync<AutodidactException>(
                () => TrainingRun.Open(RunFolder).RunAsync(cancellationToken: TestContext.Current.CancellationToken))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_Go_On_After_A_Cancellation_And_Change_One_Stage()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TrainingRun.StartAsync(
            new Stripes(60),
            Small,
            e =>
            {
                if (e is StageCompleted { Stage: Stage.Pretrain }) stop.Cancel();
            },
            stop.Token,
            RunFolder));
        var run = TrainingRun.Create(new Stripes(60), Small, RunFolder);
        var skipped = new List<Stage>();
        await run.RunAsync(
            e =>
            {
                if (e is StageCompleted { Skipped: true } done) skipped.Add(done.Stage);
            },
            TestContext.Current.CancellationToken);
        Assert.Equal([Stage.Pretrain], skipped);

        await run.RunStageAsync(
            Stage.Cluster, options => options with { Cluster = options.Cluster with { K = 3 } }, null,
            TestContext.Current.CancellationToken);
        Assert.Equal(3, run.Summary.Cluster!.K);
        Assert.Null(run.Summary.Exits);

        // A stage that is refused leaves the options as they were, on the disk and in the object.
        await Assert.ThrowsAsync<AutodidactException>(() => run.RunStageAsync(
            Stage.Cluster, options => options with { Cluster = options.Cluster with { K = 100 } }, null,
            TestContext.Current.CancellationToken));
        Assert.Equal(3, run.Options.Cluster.K);
        Assert.Equal(3, TrainingRun.Open(RunFolder).Options.Cluster.K);
    }

    [Theory]
    [InlineData("budget")]
    [InlineData("distill.loss.anchors")]
    [InlineData("pretrain.batch_size")]
    public void Should_Check_Typed_Options_By_The_Rules_Of_Written_Ones(string option)
    {
        RunOptions Wrong(RunOptions options) => option switch
        {
            "budget" => options with { Budget = TimeSpan.Zero },
            "pretrain.batch_size" => options with { Pretrain = options.Pretrain with { BatchSize = 1 } },
            _ => options with
            {
                Distill = options.Distill with
                {
                    Methods = options.Distill.Methods.With<SelfDistillationOptions>(loss => loss with { EncoderFeature = 0, Anchors = 7 }),
                },
            },
        };
        var refused = Assert.Throws<AutodidactException>(() => TrainingRun.Create("synthetic", Wrong, RunFolder).Options);
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains(option, refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(RunFolder));
    }

    /// <summary>Known once the images are packed, so it shows before anything is timed or trained.</summary>
    [Theory]
    [InlineData(1, "", FailureKind.Data, "1 image to train on: at least 2 are needed")]
    [InlineData(2, "", FailureKind.Data, "1 image to train on, with 1 held out (--holdout): at least 2 are needed")]
    [InlineData(60, "few pre-training images", FailureKind.Data, "1 image to train on beside 1 that cannot be decoded (first: b.bmp: ")]
    [InlineData(60, "100 clusters", FailureKind.Usage, "--clusters 100: there are only 60 images")]
    public async Task Should_Refuse_Too_Few_Images_Before_Anything_Is_Trained(int count, string what, FailureKind kind, string says)
    {
        var few = Directory.CreateDirectory(Path.Combine(_folder, "few")).FullName;
        File.WriteAllBytes(Path.Combine(few, "a.bmp"), Stripes.Bitmap(3));
        File.WriteAllText(Path.Combine(few, "b.bmp"), "no picture");
        var told = new List<RunEvent>();
        var refused = await Assert.ThrowsAsync<AutodidactException>(() => TrainingRun.StartAsync(
            new Stripes(count),
            options => Small(options) with
            {
                Data = Small(options).Data with { Pretrain = what == "few pre-training images" ? few : null },
                Cluster = options.Cluster with { K = what == "100 clusters" ? 100 : 0 },
            },
            told.Add,
            TestContext.Current.CancellationToken,
            RunFolder));
        Assert.Equal(kind, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.All(told, e => Assert.True(e is StageStarted { Stage: Stage.Prepare } or StageProgress { Stage: Stage.Prepare }, $"{e}"));
        Assert.False(Directory.Exists(RunFolder));
    }

    /// <summary>The student's turn would come after days of pre-training.</summary>
    [Theory]
    [InlineData("pretrain.batch_size")]
    [InlineData("distill.batch_size")]
    public async Task Should_Refuse_Steps_Larger_Than_The_Memory_Before_Anything_Is_Trained(string option)
    {
        const string Wide = "resnet10-w256";
        var views = new ViewOptions { Size = 1024 };
        var told = new List<RunEvent>();
        var refused = await Assert.ThrowsAsync<AutodidactException>(() => TrainingRun.StartAsync(
            new Stripes(2000),
            options => option == "pretrain.batch_size"
                ? Small(options) with { Pretrain = Small(options).Pretrain with { Arch = Wide, BatchSize = 65_536, Views = views } }
                : Small(options) with { Distill = Small(options).Distill with { Arch = Wide, BatchSize = 65_536, Views = views } },
            told.Add,
            TestContext.Current.CancellationToken,
            RunFolder));
        Assert.Equal(FailureKind.Environment, refused.Kind);
        Assert.Contains(" of memory at least, and this machine has ", refused.Message, StringComparison.Ordinal);
        Assert.Contains($": choose a smaller {option}", refused.Message, StringComparison.Ordinal);
        Assert.All(told, e => Assert.True(e is StageStarted { Stage: Stage.Prepare } or StageProgress { Stage: Stage.Prepare }, $"{e}"));
        Assert.False(Directory.Exists(RunFolder));
    }

    [Fact]
    public void Should_Reset_The_Epochs_Of_A_Preset_Where_A_Budget_Is_Given()
    {
        var preset = TrainingRun.Create("pictures", options => options with { Preset = "cifar-resnet18" }, RunFolder);
        Assert.Equal(1000, preset.Options.Pretrain.Epochs);
        var budget = TrainingRun.Create(
            "pictures",
            options => options with
            {
                Preset = "cifar-resnet18",
                Budget = TimeSpan.FromMinutes(9),
                Distill = options.Distill with { Epochs = 7 },
            },
            RunFolder);
        Assert.Equal(
            (TimeSpan.FromMinutes(9), 0, 7), (budget.Options.Budget, budget.Options.Pretrain.Epochs, budget.Options.Distill.Epochs));
    }

    private static RunOptions Small(RunOptions options) => options with
    {
        Threads = 1,
        Data = options.Data with { Holdout = 0.1 },
        Pretrain = options.Pretrain with { Arch = "resnet10-w8-cifar-pool", Method = "simclr", Epochs = 1, BatchSize = 16 },
        Cluster = options.Cluster with { K = 4 },
        Distill = options.Distill with { Epochs = 1, BatchSize = 16 },
        Export = options.Export with { MeasureSeconds = 0 },
    };

    /// <summary>Pictures of stripes, made when they are asked for.</summary>
    private sealed class Stripes(int count) : IImageSource
    {
        public string Description => $"{count} stripes";

        public string Stamp() => $"stripes {count} {Side}";

        public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default) =>
            Enumerable.Range(0, count).Select(i => new ImageEntry($"{i:000}", null, new RawImage(Pixels(i), Side, Side, 3)));

        /// <summary>One of them as a BMP file.</summary>
        public static byte[] Bitmap(int i)
        {
            var pixels = Pixels(i);
            var file = new byte[54 + pixels.Length];
            (file[0], file[1], file[10], file[14], file[18], file[22], file[26], file[28]) =
                ((byte)'B', (byte)'M', 54, 40, Side, Side, 1, 24);
            BitConverter.TryWriteBytes(file.AsSpan(2), file.Length);
            pixels.CopyTo(file, 54);
            return file;
        }

        private static byte[] Pixels(int i)
        {
            var pixels = new byte[Side * Side * 3];
            for (var p = 0; p < pixels.Length; p++) pixels[p] = (byte)((((p / 3) * (1 + (i % 4))) + (p % 3 * 40) + (i * 7)) % 256);
            return pixels;
        }
    }
}
