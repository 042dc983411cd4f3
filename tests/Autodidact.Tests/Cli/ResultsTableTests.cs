using Autodidact.Cli.Rendering;
using Autodidact.Runs;

namespace Autodidact.Tests.Cli;

public class ResultsTableTests
{
    private static readonly Summary Full = new()
    {
        Data = new()
        {
            PretrainImages = 9800,
            TrainImages = 9800,
            HoldoutImages = 200,
            EvalImages = 2000,
            Skipped = 3,
            Labelled = true,
            Classes = 10,
        },
        RawPixels = new() { Knn = 0.312, Purity = 0.1811, Accuracy = 0.1449 },
        Untrained = new() { Knn = 0.4, Linear = 0.45 },
        Pretrain = new()
        {
            Method = "simclr",
            Arch = "resnet10-w32-cifar-pool",
            Epochs = 8.25,
            Seconds = 125,
            ImagesPerSecond = 640.4,
            Scores = new() { Knn = 0.812, Linear = 0.85 },
        },
        Cluster =
            new() { K = 10, Scores = new() { Nmi = 0.7, Ari = -0.001, Accuracy = 0.65, Purity = 0.66 }, Smallest = 612, Largest = 1400 },
        Distill = new() { Method = "sssd", Arch = "resnet10-w32-cifar-pool", Epochs = 6, Seconds = 62 },
        Exits =
        [
            new()
            {
                Exit = "1", Parameters = 68_412, Macs = 9_990_000, ImagesPerSecond = 41_234,
                Scores = new()
                {
                    Knn = 0.5,
                    Linear = 0.55,
                    Agreement = 0.8,
                    Nmi = 0.4,
                    Ari = 0.3,
                    Accuracy = 0.5,
                    KmeansAccuracy = 0.1,
                    Purity = 0.51,
                },
            },
            new()
            {
                Exit = "2", Parameters = 1_234_567, Macs = 36_700_000, ImagesPerSecond = 12_345,
                Scores = new() { Knn = 0.9, Linear = 1, Agreement = 1, Nmi = 0.8, Ari = 0.75, KmeansAccuracy = 0.7, Purity = 0.71 },
            },
            new()
            {
                Exit = "ensemble",
                Parameters = 1_300_000,
                Macs = 37_000_000,
                Scores = new() { Accuracy = 0.72, Purity = 0.73, Agreement = 0.97 },
            },
        ],
        EarlyExit = [new() { Threshold = 0.9, Agreement = 0.991, MeanMacs = 18_350_000 }],
        Seconds = new() { Total = 220 },
        PeakMemoryMb = 1812.3,
    };

    [Fact]
    public void Should_Show_A_Run_At_A_Glance()
    {
        const string Expected =
            """

            data      synthetic: 9,800 images to train, 200 held out, 2,000 to evaluate, 3 skipped, 10 classes, for measuring only
            encoder   simclr, resnet10-w32-cifar-pool, 8.3 epochs, 2m05s, 640 images/s
            clusters  k = 10, of 612 to 1,400 images
            student   sssd, resnet10-w32-cifar-pool, 6 epochs, 1m02s
            total     3m40s, peak memory 1,812 MB
            results   runs/synthetic-1

                                 k-NN  linear    ACC  purity    NMI    ARI  agreement  params   MACs  images/s
            --------------------------------------------------------------------------------------------------
            raw pixels          31.2%       –  14.5%   18.1%      –      –          –       –      –         –
            untrained encoder   40.0%   45.0%      –       –      –      –          –       –      –         –
            encoder             81.2%   85.0%  65.0%   66.0%  70.0%  -0.1%          –       –      –         –
            exit 1              50.0%   55.0%  50.0%   51.0%  40.0%  30.0%      80.0%   68.4k  9.99M    41,234
            exit 2              90.0%  100.0%  70.0%   71.0%  80.0%  75.0%     100.0%   1.23M  36.7M    12,345
            ensemble                –       –  72.0%   73.0%      –      –      97.0%   1.30M  37.0M         –

            early exit at confidence 0.9: 99.1% agreement with the deepest exit, 18.4M MACs an image (50% of all)
            ACC: one cluster a class, of as many clusters (k-means of the row's features where the run has another k); purity, NMI,
            ARI: of the run's k; agreement: with the deepest exit. – is not measured.
            """;
        Assert.Equal(Expected.ReplaceLineEndings("\n"), Text(Full, 120));
    }

    [Fact]
    public void Should_Say_Where_A_Student_Was_Trained_On_Labels()
    {
        Assert.DoesNotContain("USES LABELS", Text(Full, 120), StringComparison.Ordinal);
        var text = Text(Full with { Distill = Full.Distill! with { Method = "supervised", UsesLabels = true } }, 200);
        Assert.Contains("student   supervised (USES LABELS), resnet10", text, StringComparison.Ordinal);
        Assert.Contains("10 classes, TRAINED ON", text, StringComparison.Ordinal);
        Assert.DoesNotContain("for measuring only", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(120)]
    [InlineData(80)]
    public void Should_Fit_The_Width(int width) =>
        Assert.All(Text(Full, width).Split('\n'), line => Assert.True(line.Length <= width, line));

    [Fact]
    public void Should_Leave_The_Least_Needed_Columns_Out_Where_Narrow_And_Say_So()
    {
        var header = Text(Full, 80).Split('\n').Single(line => line.Contains("k-NN"));
        foreach (var kept in (string[])["k-NN", "linear", "ACC", "purity", "params", "MACs", "images/s"]) Assert.Contains(kept, header);
        foreach (var left in (string[])["NMI", "ARI", "agreement"]) Assert.DoesNotContain(left, header);
        Assert.Contains("summary.json has them all", Text(Full, 80));
        Assert.DoesNotContain("summary.json", Text(Full, 120));
    }

    [Fact]
    public void Should_Highlight_The_Deepest_Exit_And_Nothing_Else() =>
        Assert.StartsWith("exit 2 ", Assert.Single(ResultsTable.Render(Full, "synthetic", "runs/x", 120), line => line.Highlight).Text);

    [Fact]
    public void Should_Show_A_Run_Without_Labels()
    {
        var text = Text(
            new Summary
            {
                Data = new() { TrainImages = 10, Labelled = false },
                Exits = [new() { Exit = "1", Parameters = 900, Macs = 999_600 }],
            },
            120);
        Assert.Contains("no labels", text);
        Assert.Matches(@"exit 1 +– +– +– +– +– +– +– +900 +1\.00M +–", text);
        Assert.DoesNotContain("raw pixels", text);
        Assert.DoesNotContain("ACC:", text);
    }

    [Fact]
    public void Should_Show_A_Run_That_Measured_Nothing_Yet_Without_A_Table()
    {
        var text = Text(new Summary(), 120);
        Assert.Contains("results  runs/synthetic-1", text);
        Assert.DoesNotContain("k-NN", text);
    }

    private static string Text(Summary summary, int width) =>
        string.Join('\n', ResultsTable.Render(summary, "synthetic", "runs/synthetic-1", width).Select(line => line.Text));
}
