using System.Runtime.InteropServices;
using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Export;

/// <summary>8-bit graphs beside the float ones they were made from.</summary>
public sealed class Int8ModelTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly MultiExitNetwork _network = SmallModel.Network();
    private readonly byte[] _pixels = SmallModel.Pixels();

    public void Dispose()
    {
        _network.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Should_Round_Weights_By_Channel_To_The_Nearest_Of_255_Steps()
    {
        Export();
        var floats = Read("exit-4.onnx");
        var quantized = Read(Path.Combine(Int8Model.Folder, "exit-4.onnx"));
        var weights = quantized.Graph.Initializer
            .Where(t => t.Name.EndsWith("_q", StringComparison.Ordinal) && t.DataType == (int)TensorProto.Types.DataType.Int8)
            .ToArray();
        Assert.NotEmpty(weights);

        // All but the picture's own convolution.
        Assert.Equal(floats.Graph.Node.Count(n => n.OpType is "Conv" or "Gemm") - 1, weights.Length);
        foreach (var weight in weights)
        {
            var name = weight.Name[..^2];
            var original = Floats(floats, name);
            var scales = Floats(quantized, $"{name}_scale");
            var codes = MemoryMarshal.Cast<byte, sbyte>(weight.RawData.Span);
            var perChannel = original.Length / scales.Length;
            for (var i = 0; i < original.Length; i++)
            {
                Assert.InRange(Math.Abs((codes[i] * scales[i / perChannel]) - original[i]), 0, (0.5f * scales[i / perChannel]) + 1e-6f);
            }

            for (var channel = 0; channel < scales.Length; channel++)
            {
                Assert.Equal(127, codes.Slice(channel * perChannel, perChannel).ToArray().Max(c => Math.Abs((int)c)));
            }
        }

        // No float copy of a weight stays behind.
        Assert.Empty(weights.Select(w => w.Name[..^2]).Intersect(quantized.Graph.Initializer.Select(t => t.Name)));
    }

    [Fact]
    public void Should_Stay_Near_The_Floats_At_Every_Exit_Whole_And_Stage_By_Stage()
    {
        Export();
        using var floats = EarlyExitModel.Load(_scratch["model"]);
        using var quantized = EarlyExitModel.Load(Path.Combine(_scratch["model"], Int8Model.Folder));
        for (var exit = 1; exit <= 4; exit++)
        {
            using var expected = floats.EmbedPixels(_pixels, exit, Token);
            using var actual = quantized.EmbedPixels(_pixels, exit, Token);
            var (error, size) = (0.0, 0.0);
            for (var i = 0; i < SmallModel.Count; i++)
            {
                for (var c = 0; c < expected.Columns; c++)
                {
                    error += Math.Pow(actual[i][c] - expected[i][c], 2);
                    size += Math.Pow(expected[i][c], 2);
                }
            }

            // Each of a dozen layers rounds to 1/255 of its range; exact equality would mean that nothing was quantised.
            Assert.InRange(Math.Sqrt(error / size), 1e-6, 0.1);

            var alone = quantized.PredictPixels(_pixels, ExitPolicy.Fixed(exit), Token);
            var staged = quantized.PredictPixels(
                _pixels, ExitPolicy.PerExit([.. Enumerable.Range(1, 4).Select(e => e == exit ? 0 : 1.1)]), Token);
            for (var i = 0; i < SmallModel.Count; i++)
            {
                Assert.Equal(exit, staged[i].Exit);
                Assert.Equal(alone[i].Confidence, staged[i].Confidence, 0.1f);
            }
        }
    }

    [Fact]
    public void Should_Pass_The_Onnx_Projects_Own_Checker_In_Every_File()
    {
        Assert.SkipUnless(SystemPython.Has("onnx"), "python3-onnx is not installed");
        Export();
        var files = Directory.GetFiles(Path.Combine(_scratch["model"], Int8Model.Folder), "*.onnx");
        Assert.Equal(
            Directory.GetFiles(_scratch["model"], "*.onnx").Select(Path.GetFileName).Order(), files.Select(Path.GetFileName).Order());
        Assert.Equal(
            (0, ""),
            SystemPython.Run(["-c", "import sys, onnx\nfor f in sys.argv[1:]: onnx.checker.check_model(f, full_check=True)", .. files]));
    }

    [Fact]
    public void Should_Be_Small()
    {
        Export();
        foreach (var file in Directory.GetFiles(_scratch["model"], "stage*.onnx"))
        {
            Assert.True(
                new FileInfo(Path.Combine(_scratch["model"], Int8Model.Folder, Path.GetFileName(file))).Length < new FileInfo(file).Length,
                file);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static float[] Floats(ModelProto model, string name) =>
        MemoryMarshal.Cast<byte, float>(model.Graph.Initializer.Single(t => t.Name == name).RawData.Span).ToArray();

    private ModelProto Read(string file) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(_scratch["model"], file)));

    private void Export()
    {
        var source = SmallModel.Source(_network, SmallModel.Images(_pixels));
        ModelExporter.Export(
            source,
            _scratch["model"],
            draft =>
            {
                var folder = Path.Combine(draft, Int8Model.Folder);
                Int8Model.Write(source, draft, folder, [.. Enumerable.Range(0, SmallModel.Count)], Token);
                (source.Manifest with { Precision = "int8" }).Save(folder);
            },
            Token);
    }
}
