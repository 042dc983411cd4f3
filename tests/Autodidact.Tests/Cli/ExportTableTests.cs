using Autodidact.Cli.Rendering;
using Autodidact.Inference;

namespace Autodidact.Tests.Cli;

public class ExportTableTests
{
    private static readonly ModelManifest Floats = new()
    {
        Architecture = "resnet10-w8-cifar-pool",
        Precision = "float32",
        Input = new ManifestInput(32, 32, [0, 0, 0], [1, 1, 1], null),
        FeatureSize = 4,
        Clusters = 2,
        Exits = [Exit(1, 0.9, 0.95, 40_000), Exit(2, 0, 1, 10_000)],
        TradeOffs =
        [
            new TradeOff([0.5, 0], 0.9, 80_000_000) { ImagesPerSecond = 30_000 },
            new TradeOff([0.9, 0], 0.99, 150_000_000) { ImagesPerSecond = 20_000 },
        ],
    };

    /// <summary>Speeds of exits and of early exits are the manifest's, measured on the exported graphs.</summary>
    [Fact]
    public void Should_Show_Speeds_Of_One_Kind_And_The_Setting_That_The_Model_Uses() => Assert.Equal(
        """

        model  runs/x/model: resnet10-w8-cifar-pool, 2 exits

                  params  MACs  agreement  threshold  images/s
        ------------------------------------------------------
        exit 1     1.00M  100M      95.0%        0.9    40,000
        exit 2     2.00M  200M     100.0%          0    10,000

        with early exits: 99.0% agreement, 150M MACs an image (75% of the deepest exit's), 20,000 images/s
        agreement: same answer as the deepest exit on held-out images; images/s: ONNX Runtime on this machine, decoding not counted.
        """.ReplaceLineEndings("\n"),
        string.Join('\n', ExportTable.Render(Floats, null, "runs/x/model")));

    [Fact]
    public void Should_Leave_Out_A_Speed_That_Was_Not_Measured()
    {
        var unmeasured = Floats with { TradeOffs = [new TradeOff([0.9, 0], 0.99, 150_000_000)] };
        Assert.Contains(
            "with early exits: 99.0% agreement, 150M MACs an image (75% of the deepest exit's)", ExportTable.Render(unmeasured, null, "m"));
    }

    [Fact]
    public void Should_Show_The_Agreement_Of_Every_8_Bit_Exit_With_The_Same_Exit_In_Floats()
    {
        var int8 = Floats with
        {
            Precision = "int8",
            Exits =
            [
                Floats.Exits[0] with { FloatAgreement = 0.987, ImagesPerSecond = 55_000 }, Floats.Exits[1] with { FloatAgreement = 0.912 },
            ],
        };
        var lines = ExportTable.Render(Floats, int8, "m").ToList();
        var first = lines.Single(line => line.StartsWith("exit 1", StringComparison.Ordinal));
        Assert.EndsWith("98.7%         55,000", first, StringComparison.Ordinal);
        Assert.Contains("91.2%", lines.Single(line => line.StartsWith("exit 2", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static ManifestExit Exit(int number, double threshold, double agreement, double speed) => new()
    {
        Exit = number,
        StageFile = "s",
        ModelFile = "m",
        Parameters = number * 1_000_000,
        Macs = number * 100_000_000,
        BranchMacs = 1,
        Threshold = threshold,
        Agreement = agreement,
        ImagesPerSecond = speed,
    };
}
