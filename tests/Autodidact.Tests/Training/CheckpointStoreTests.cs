using Autodidact.Models;
using Autodidact.Tests.Serialization;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly List<string> _notices = [];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Pass_Over_A_Copy_Under_The_Name_Of_A_Later_Step_And_Remove_It()
    {
        var store = Store();
        Save(store, 3);
        var copy = File("pretrain-999999999.safetensors");
        System.IO.File.Copy(File("pretrain-000000003.safetensors"), copy);
        Assert.Equal(3, Latest(store)?.Step);
        Assert.Contains("pretrain-999999999.safetensors is not whole", Assert.Single(_notices), StringComparison.Ordinal);

        Save(store, 4);
        Save(store, 5);
        Assert.Equal(
            ["pretrain-000000004.safetensors", "pretrain-000000005.safetensors"],
            Directory.EnumerateFiles(_scratch["checkpoints"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Should_Open_Checkpoints_Of_Earlier_Versions()
    {
        using var tensor = ones(2);
        Directory.CreateDirectory(_scratch["checkpoints"]);
        TensorFile.Write(
            File("pretrain-000000003.safetensors"),
            new Dictionary<string, Tensor> { ["a"] = tensor },
            new Dictionary<string, string> { ["inputs"] = "", ["step"] = "3", ["seconds"] = "1" });
        Assert.Equal(3, Latest(Store())?.Step);
        Assert.Empty(_notices);
    }

    [Fact]
    public void Should_Say_In_One_Line_That_A_File_Is_In_The_Place_Of_The_Folder()
    {
        System.IO.File.WriteAllText(_scratch["checkpoints"], "");
        var failure = Assert.Throws<AutodidactException>(() => Save(Store(), 1));
        Assert.Equal(FailureKind.Environment, failure.Kind);
        Assert.StartsWith($"cannot write {_scratch["checkpoints"]} (", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("check the directory and its permissions", failure.Message, StringComparison.Ordinal);
    }

    private static void Save(CheckpointStore store, long step)
    {
        using var tensor = ones(2);
        store.Save(new TrainerState(step, 1) { Tensors = new Dictionary<string, Tensor> { ["a"] = tensor } });
    }

    private TrainerState? Latest(CheckpointStore store)
    {
        using var into = zeros(2);
        return store.Latest(path => TrainerState.Read(path, new Dictionary<string, Tensor> { ["a"] = into }), _notices.Add);
    }

    private CheckpointStore Store() => new(_scratch["checkpoints"], "pretrain");

    private string File(string name) => Path.Combine(_scratch["checkpoints"], name);
}
