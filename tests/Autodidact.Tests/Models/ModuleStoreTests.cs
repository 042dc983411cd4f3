using Autodidact.Models;
using Autodidact.Tests.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

// The folder of architecture tests gives its name to a namespace nearer than the type.
using Architecture = Autodidact.Models.Architecture;

public sealed class ModuleStoreTests : IDisposable
{
    private static readonly Dictionary<string, string> _metadata = new() { ["architecture"] = "resnet10-w8-cifar-pool" };
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Give_Back_Every_Bit_And_Keep_Channels_Last()
    {
        using var scope = NewDisposeScope();
        using var written = Backbone("resnet10-w8-cifar-pool", seed: 1);
        written.call(FormulaWeights.Images(2, 32));
        var path = _scratch["encoder.safetensors"];
        ModuleStore.Save(written, path, _metadata);
        using var read = Backbone("resnet10-w8-cifar-pool", seed: 2);
        ModuleStore.Load(read, path);

        Assert.Equal("resnet10-w8-cifar-pool", ModuleStore.ReadMetadata(path)["architecture"]);
        var expected = written.NamedState();
        foreach (var (name, tensor) in read.NamedState())
        {
            Assert.True(tensor.Equals(expected[name]), name);
            if (tensor.dim() == 4 && tensor.shape[2] > 1)
            {
                ChannelsLastTests.AssertChannelsLast(tensor);
            }
        }

        Assert.Equal(1, read.NamedState()["bn1.num_batches_tracked"].item<long>());
        Assert.True(read.NamedState()["conv1.weight"].requires_grad);
        ModuleStore.Save(read, _scratch["again.safetensors"], _metadata);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(_scratch["again.safetensors"]));
    }

    [Fact]
    public void Should_Store_Torchvisions_Names_Row_By_Row()
    {
        using var scope = NewDisposeScope();
        using var backbone = Backbone("resnet10-w8-cifar-pool", seed: 1);
        ModuleStore.Save(backbone, _scratch["a"], _metadata);
        var stored = TensorFile.Read(_scratch["a"], "layer2.0.downsample.0.weight");
        Assert.Equal([16L, 8L, 1L, 1L], stored.shape);
        Assert.True(TensorFile.Read(_scratch["a"], "conv1.weight").is_contiguous());
    }

    [Fact]
    public void Should_Leave_A_Classifier_Unread_And_Do_Without_Batch_Counters()
    {
        using var scope = NewDisposeScope();
        using var written = Backbone("resnet10-w8-cifar-pool", seed: 1);
        var state = written.NamedState()
            .Where(p => !p.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ToDictionary(p => p.Key, p => p.Value);
        state.Add("fc.weight", zeros(10, 64));
        state.Add("fc.bias", zeros(10));
        TensorFile.Write(_scratch["fc"], state, _metadata);
        using var read = Backbone("resnet10-w8-cifar-pool", seed: 2);
        ModuleStore.Load(read, _scratch["fc"]);
        Assert.True(read.NamedState()["layer4.0.conv2.weight"].Equals(written.NamedState()["layer4.0.conv2.weight"]));
    }

    [Fact]
    public void Should_Name_The_First_Difference_And_Change_Nothing()
    {
        using var scope = NewDisposeScope();
        using var written = Backbone("resnet10-w8-cifar-pool", seed: 1);
        ModuleStore.Save(written, _scratch["a"], _metadata);

        using var wider = Backbone("resnet10-w16-cifar-pool", seed: 2);
        var before = wider.NamedState()["bn1.weight"].clone();
        AssertRefused(wider, "'conv1.weight'", "(8, 3, 3, 3)", "(16, 3, 3, 3)");
        Assert.True(wider.NamedState()["bn1.weight"].Equals(before));

        using var deeper = Backbone("resnet18-w8-cifar-pool", seed: 2);
        AssertRefused(deeper, "'layer1.1.conv1.weight'", "missing");

        var state = written.NamedState().ToDictionary(p => p.Key, p => p.Value);
        state.Add("projector.0.weight", zeros(2, 2));
        TensorFile.Write(_scratch["a"], state, _metadata);
        using var same = Backbone("resnet10-w8-cifar-pool", seed: 2);
        AssertRefused(same, "'projector.0.weight'", "belongs to nothing");
    }

    [Fact]
    public void Should_Notice_A_Changed_Byte()
    {
        using var backbone = Backbone("resnet10-w8-cifar-pool", seed: 1);
        var path = _scratch["a"];
        ModuleStore.Save(backbone, path, _metadata);
        var bytes = File.ReadAllBytes(path);
        bytes[^1000] ^= 1;
        File.WriteAllBytes(path, bytes);
        AssertRefused(backbone, "damaged");
    }

    [Fact]
    public void Should_Copy_Between_Modules_Of_One_Shape_Only()
    {
        using var scope = NewDisposeScope();
        using var from = Backbone("resnet10-w8-cifar-pool", seed: 1);
        using var to = Backbone("resnet10-w8-cifar-pool", seed: 2);
        ModuleStore.Copy(from, to);
        Assert.All(to.NamedState(), pair => Assert.True(pair.Value.Equals(from.NamedState()[pair.Key]), pair.Key));

        using var other = Backbone("resnet10-w16-cifar-pool", seed: 2);
        Assert.Contains(
            "conv1.weight", Assert.Throws<ArgumentException>(() => ModuleStore.Copy(from, other)).Message, StringComparison.Ordinal);
        using var deeper = Backbone("resnet18-w8-cifar-pool", seed: 2);
        Assert.Throws<ArgumentException>(() => ModuleStore.Copy(deeper, to));
    }

    private static Backbone Backbone(string name, ulong seed) => Architecture.Parse(name).Create(seed);

    private void AssertRefused(nn.Module module, params string[] parts)
    {
        var failure = Assert.Throws<AutodidactException>(() => ModuleStore.Load(module, _scratch["a"]));
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }
}
