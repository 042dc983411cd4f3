using Autodidact.Configuration;
using Autodidact.Inference;
using Autodidact.Options;
using Autodidact.Runs;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

/// <summary>Which folders are a model, and when a damaged one shows.</summary>
public sealed class ModelLoadTests(ExportedModel exported) : IClassFixture<ExportedModel>, IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(ExecutionProvider.Cuda, "provider cuda: this build of ONNX Runtime does not have it", "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData(ExecutionProvider.Directml, "provider directml: this build", "Microsoft.ML.OnnxRuntime.DirectML")]
    [InlineData(ExecutionProvider.Coreml, "provider coreml: this build", "macOS alone")]
    public void Should_Refuse_A_Provider_That_Is_Not_There(ExecutionProvider provider, string what, string remedy)
    {
        Assert.SkipWhen(provider == ExecutionProvider.Coreml && OperatingSystem.IsMacOS(), "ONNX Runtime has CoreML on macOS");
        var refused = Assert.Throws<AutodidactException>(
            () => EarlyExitModel.Load(exported.Copy(), new ModelOptions { Provider = provider }));
        Assert.Equal(FailureKind.Environment, refused.Kind);
        Assert.StartsWith(what, refused.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stage1.onnx")]
    [InlineData("stage4.onnx")]
    [InlineData("exit-1.onnx")]
    [InlineData("exit-3.onnx")]
    [InlineData("encoder.onnx")]
    public void Should_Find_A_Damaged_Graph_When_Asked_To_Verify(string graph)
    {
        var folder = exported.Copy();
        var path = Path.Combine(folder, graph);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        EarlyExitModel.Load(folder).Dispose();
        var refused = Assert.Throws<AutodidactException>(Verify);
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.StartsWith(path, refused.Message, StringComparison.Ordinal);

        File.Delete(path);
        Assert.Contains("no such file", Assert.Throws<AutodidactException>(Verify).Message, StringComparison.Ordinal);

        void Verify() => EarlyExitModel.Load(folder, new ModelOptions { Verify = true }).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_Verify_A_Sound_Model(bool int8)
    {
        using var model = EarlyExitModel.Load(int8 ? exported.Int8Folder : exported.Folder, new ModelOptions { Verify = true });
        Assert.InRange(model.PredictPixels(exported.Pixels, cancellationToken: TestContext.Current.CancellationToken)[0].Cluster, 0, 4);
    }

    [Fact]
    public void Should_Load_A_Run_By_Its_Directory()
    {
        var run = Run();
        Assert.False(ModelManifest.Exists(run));
        var refused = Assert.Throws<AutodidactException>(() => EarlyExitModel.Load(run));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Equal($"{run} is a run without an exported model: run 'autodidact export {run}' first", refused.Message);

        Directory.Move(exported.Copy(), Path.Combine(run, "model"));
        Assert.True(ModelManifest.Exists(run));
        Assert.Equal(ExportedModel.Clusters, ModelManifest.Load(run).Clusters);
        using var model = EarlyExitModel.Load(run, new ModelOptions { Verify = true });
        Assert.Equal(ExportedModel.Clusters, model.Manifest.Clusters);
    }

    [Fact]
    public void Should_Refuse_A_Folder_That_Is_Neither()
    {
        Assert.False(ModelManifest.Exists(_scratch["nothing"]));
        var refused = Assert.Throws<AutodidactException>(() => EarlyExitModel.Load(_scratch["nothing"]));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains("holds no model.json", refused.Message, StringComparison.Ordinal);
    }

    private string Run()
    {
        using var run = RunDirectory.Acquire(_scratch["run"]);
        run.Write(new RunRecord { Request = OptionJson.ToJson(new Autodidact.Configuration.RunRequest()) });
        return _scratch["run"];
    }
}
