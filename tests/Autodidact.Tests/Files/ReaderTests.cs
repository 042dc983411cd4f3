using Autodidact.Artefacts;
using Autodidact.Experiments;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Plugins;
using Autodidact.Runs;
using Autodidact.Serialization;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Files;

/// <summary>Every reader of the libraries, given a pipe and a file that is larger than it may be.</summary>
public sealed class ReaderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public ReaderTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes are made as Linux makes them");

    public static TheoryData<string> Readers => [.. All.Keys];

    public static TheoryData<string> WholeReaders => [.. All.Where(reader => reader.Value.Whole).Select(reader => reader.Key)];

    private static DataCatalog Catalog { get; } = new((_, _, _) => throw new NotSupportedException());

    private static Dictionary<string, (string File, bool Whole, Action<string> Read)> All { get; } = new()
    {
        ["run"] = ("run.json", true, file => RunDirectory.Open(FolderOf(file)).Dispose()),
        ["summary"] = ("summary.json", true, file => Summary.Load(file)),
        ["metrics"] = ("metrics.jsonl", false, file => MetricsLog.Read(file).ToList()),
        ["metrics to append"] = ("metrics.jsonl", false, Append),
        ["results"] = ("results.csv", true, file => ResultsFile.Read(file, [])),
        ["results to append"] = ("results.csv", true, file => ResultsFile.Open(file, []).Dispose()),
        ["experiment"] = ("experiment.json", true, file => ExperimentFile.Load(file)),
        ["label table"] = ("labels.csv", true, file => LabelCsv.Load(file)),
        ["labels"] = ("labels.json", true, file => EvaluationLabels.Load(file)),
        ["pack"] = ("images.pack", false, file => PackedImages.Open(file).Dispose()),
        ["archive"] = ("images.zip", false, file => new ZipSource(file)),
        ["data"] = ("images", false, file => Catalog.Resolve(file, new DataRequest { CacheDirectory = FolderOf(file) })),
        ["safetensors"] = ("a.safetensors", false, file => new SafetensorsReader(file).Dispose()),
        ["checkpoint"] = ("a.pth", false, file => new TorchFileReader(file).Dispose()),
        ["kind of checkpoint"] = ("a.pth", false, file => TorchFileReader.Recognizes(file)),
        ["array"] = ("a.npy", false, file => NpyFile.Read<float>(file)),
        ["mapped array"] = ("a.npy", false, file => NpyFile.MapMatrix(file).Dispose()),
        ["digest"] = ("encoder.onnx", false, file => FileDigest.Of(file)),
        ["manifest"] = ("model.json", true, file => ModelManifest.Load(FolderOf(file))),
        ["graph of another maker"] = ("encoder.onnx", true, file => FeatureGraph.Open(file, null, 1).Dispose()),
        ["index"] = ("index.json", true, file => IndexManifest.Load(file)),
        ["image"] = ("a.png", true, file => Autodidact.Inference.EncodedImage.Read(file)),
        ["plug-in"] = ("methods.dll", true, file => MethodPlugin.Load(file)),
    };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Readers))]
    public void Should_Refuse_A_Pipe_Without_Waiting(string reader)
    {
        var (name, _, read) = All[reader];
        var pipe = SpecialFiles.Pipe(_scratch[name]);
        var e = Assert.IsAssignableFrom<AutodidactException>(SpecialFiles.Answer(() => read(pipe)));
        var isOwn = reader is "run" or "metrics to append" or "results to append" or "pack";
        Assert.Equal(isOwn ? FailureKind.Environment : FailureKind.Data, e.Kind);
        Assert.Contains("it is a named pipe", e.Message, StringComparison.Ordinal);
        Assert.Contains(_scratch["images"][..^"images".Length], e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [MemberData(nameof(WholeReaders))]
    public void Should_Refuse_A_File_That_Is_Too_Large_Before_Reading_It(string reader)
    {
        var (name, _, read) = All[reader];
        var huge = SpecialFiles.Huge(_scratch[name]);
        var before = GC.GetTotalAllocatedBytes();
        var e = Assert.IsAssignableFrom<AutodidactException>(SpecialFiles.Answer(() => read(huge)));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 300L << 20);
        Assert.Contains("large", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Zeros without end are no line: they must be passed over with little memory.</summary>
    [Fact]
    public void Should_Pass_Over_A_Log_Of_Zeros()
    {
        var path = _scratch["metrics.jsonl"];
        using (var stream = File.Create(path)) stream.SetLength(200L << 20);
        var before = GC.GetTotalAllocatedBytes();
        Assert.Null(SpecialFiles.Answer(() => Assert.Empty(MetricsLog.Read(path))));
        Assert.Null(SpecialFiles.Answer(() => Append(path)));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100L << 20);
        Assert.InRange(new FileInfo(path).Length, 1, 1000);
        Assert.Single(MetricsLog.Read(path));
    }

    private static void Append(string file)
    {
        using var log = MetricsLog.Open(file);
        log.Append(new MetricsEntry { Stage = "pretrain", Step = 1 });
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(file)!;
}
