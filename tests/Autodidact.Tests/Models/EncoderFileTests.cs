using System.Security.Cryptography;
using Autodidact.Models;
using Autodidact.Serialization;
using Autodidact.Tests.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

public sealed class EncoderFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("resnet10-w8-cifar")]
    [InlineData("resnet18-w16")]
    [InlineData("resnet18-w8-cifar-stride")]
    [InlineData("resnet34-w8")]
    [InlineData("resnet50-w8-cifar")]
    [InlineData("resnet101-w8")]
    public void Should_Read_Back_A_Checkpoint_That_Names_No_Architecture(string name)
    {
        using var encoder = Autodidact.Models.Architecture.Parse(name).Create(seed: 3);
        var path = _scratch["weights.pth"];
        ModuleStore.SaveTorch(encoder, path);
        var description = EncoderFile.Describe(path);
        Assert.Equal((name, false), (description.Architecture.ToString(), description.Certain));
        using var loaded = description.Architecture.Create(seed: 4);
        Assert.NotEqual(Bits(encoder), Bits(loaded));
        EncoderFile.Load(loaded, path);
        Assert.Equal(Bits(encoder), Bits(loaded));
    }

    [Theory]
    [InlineData("module.encoder_q.", ScalarType.Float16)]
    [InlineData("", ScalarType.Float64)]
    public void Should_Find_An_Encoder_Behind_A_Prefix_And_Make_It_Single(string prefix, ScalarType type)
    {
        using var encoder = Autodidact.Models.Architecture.Parse("resnet10-w8-cifar").Create(seed: 3);
        var path = _scratch["moco.pth"];
        using (NewDisposeScope())
        {
            var state = encoder.NamedState().ToDictionary(s => prefix + s.Key, s =>
                s.Value.is_floating_point() ? s.Value.to(type) : s.Value);
            state[$"{prefix}fc.0.weight"] = zeros(2, 2);
            state["queue"] = zeros(8, 4);
            TensorFile.WriteTorch(path, state);
        }

        using var loaded = EncoderFile.Describe(path).Architecture.Create(seed: 4);
        EncoderFile.Load(loaded, path);
        foreach (var (name, tensor) in encoder.NamedState())
        {
            using var scope = NewDisposeScope();
            Assert.True(
                tensor.is_floating_point()
                    ? (loaded.NamedState()[name] - tensor).abs().max().item<float>() < 2e-3
                    : loaded.NamedState()[name].Equals(tensor),
                name);
        }
    }

    [Fact]
    public void Should_Keep_To_Its_Own_Files_Word_And_Digest()
    {
        using var encoder = Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool").Create(seed: 3);
        var path = _scratch["encoder.safetensors"];
        ModuleStore.Save(encoder, path, new Dictionary<string, string> { [EncoderFile.ArchitectureKey] = "resnet10-w8-cifar-pool" });
        Assert.Equal(
            ("resnet10-w8-cifar-pool", true), (EncoderFile.Describe(path).Architecture.ToString(), EncoderFile.Describe(path).Certain));
        var bytes = File.ReadAllBytes(path);
        bytes[^9] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains(
            "damaged", Assert.Throws<AutodidactException>(() => EncoderFile.Load(encoder, path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Change_Nothing_Where_The_Weights_Do_Not_Fit()
    {
        using var other = Autodidact.Models.Architecture.Parse("resnet18-w8-cifar").Create(seed: 3);
        using var encoder = Autodidact.Models.Architecture.Parse("resnet10-w8-cifar").Create(seed: 4);
        var path = _scratch["other.pth"];
        ModuleStore.SaveTorch(other, path);
        var before = Bits(encoder);
        var refused = Assert.Throws<AutodidactException>(() => EncoderFile.Load(encoder, path));
        Assert.Contains("layer1.1.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Bits(encoder));
    }

    [Fact]
    public void Should_Refuse_What_Is_No_ResNet_It_Can_Build()
    {
        var path = _scratch["vit.pth"];
        using (NewDisposeScope())
        {
            TensorFile.WriteTorch(path, new Dictionary<string, Tensor> { ["blocks.0.attn.qkv.weight"] = zeros(3, 3) });
        }

        Assert.Contains(
            "no ResNet", Assert.Throws<AutodidactException>(() => EncoderFile.Describe(path)).Message, StringComparison.Ordinal);
        using var wide = Autodidact.Models.Architecture.Parse("resnet10-w8-cifar").Create(seed: 1);
        using (NewDisposeScope())
        {
            var state = wide.NamedState().ToDictionary(s => s.Key, s => s.Value);
            state["conv1.weight"] = zeros(8, 1, 3, 3);
            TensorFile.WriteTorch(path, state);
        }

        Assert.Contains(
            "first convolution (8, 1, 3, 3)",
            Assert.Throws<AutodidactException>(() => EncoderFile.Describe(path)).Message,
            StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Bits(Backbone encoder) =>
        encoder.NamedState().ToDictionary(s => s.Key, s => Convert.ToHexString(SHA256.HashData(s.Value.detach().contiguous().bytes)));
}
