using Autodidact.Artefacts;
using Autodidact.Models;
using Autodidact.Serialization;
using Autodidact.Tests.Serialization;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

/// <summary>Files of encoders and students whose metadata ask for more than is there.</summary>
public sealed class HostileMetadataTests : IDisposable
{
    private const string Architecture = "resnet10-w8-cifar";

    private static readonly ModelInput Fallback = new(Architecture, 32, PixelNormalization.ImageNet);

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("resnet101-w4096")]
    [InlineData("resnet10-w4096")]
    [InlineData("resnet10-w16-cifar")]
    [InlineData("resnet18-w8-cifar")]
    [InlineData("resnet10-w8")]
    [InlineData("resnet10-w99999")]
    [InlineData("")]
    [InlineData("a\u001b[2J\nb")]
    public void Should_Refuse_An_Encoder_That_Is_Not_What_It_Says_Before_It_Is_Made(string architecture)
    {
        var path = Encoder(("architecture", architecture));
        foreach (var read in new Action[]
        {
            () => EncoderFile.Describe(path),
            () => NetworkEncoder.InputOf(path, Fallback),
            () => NetworkEncoder.Open(path, Fallback).Dispose(),
        })
        {
            Refusal.Of(path, read);
        }
    }

    [Fact]
    public void Should_Refuse_The_Smallest_Of_Such_Files()
    {
        var path = _scratch["lie.safetensors"];
        TensorFile.Write(
            path,
            new Dictionary<string, Tensor> { ["a"] = zeros(1, dtype: ScalarType.Byte) },
            new Dictionary<string, string> { ["architecture"] = "resnet101-w4096" });
        Assert.Contains("tensor 'conv1.weight' is missing", Refusal.Of(path, () => EncoderFile.Describe(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_Checkpoint_Whose_Tensors_Are_Views_Of_The_Same_Numbers()
    {
        using var encoder = Autodidact.Models.Architecture.Parse("resnet34-w8").Create(seed: 3);
        var path = _scratch["views.pth"];
        ModuleStore.SaveTorch(encoder, path);
        using var reader = new TorchFileReader(path);
        var small = _scratch["small"];
        File.WriteAllBytes(small, [0]);
        var failure = Assert.Throws<AutodidactException>(
            () => EncoderFile.Check(small, reader, Autodidact.Models.Architecture.Parse("resnet34-w8"), name => name));
        Assert.Contains("it is smaller than the weights of a resnet34-w8", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("view_size", "20000")]
    [InlineData("view_size", "1025")]
    [InlineData("view_size", "0")]
    [InlineData("view_size", "-1")]
    [InlineData("view_size", "")]
    [InlineData("view_size", "32.5")]
    [InlineData("view_size", "99999999999999999999")]
    [InlineData("mean", "NaN 0 0")]
    [InlineData("mean", "0 0 1e39")]
    [InlineData("mean", "0 0")]
    [InlineData("mean", "")]
    [InlineData("std", "1 1 0")]
    [InlineData("std", "1 1 -1")]
    [InlineData("std", "1 1 NaN")]
    [InlineData("std", "1 1 1 1")]
    public void Should_Refuse_An_Input_That_No_Network_Has(string key, string value)
    {
        var path = Encoder((key, value));
        var message = Refusal.Of(path, () => NetworkEncoder.Open(path, Fallback).Dispose());
        Assert.Contains($"in its metadata, {key}: expected", message, StringComparison.Ordinal);
        var student = Student((key, value));
        Assert.Contains(
            $"in its metadata, {key}: expected",
            Refusal.Of(student, () => new StudentArtefact(student).Open(Fallback).Dispose()),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("architecture", "resnet101-w4096", "tensor 'backbone.")]
    [InlineData("architecture", "x", "architecture 'x'")]
    [InlineData("clusters", "2000000000", "do not answer with '2000000000' clusters")]
    [InlineData("clusters", "-1", "do not answer with '-1' clusters")]
    [InlineData("clusters", null, "do not answer with '' clusters")]
    [InlineData("branch", "7", "no design of branches is named '7'")]
    [InlineData("branch", null, "no design of branches is named ''")]
    [InlineData("branch", "Separable", "is it of another architecture")]
    [InlineData("attention", "true", "is it of another architecture")]
    public void Should_Refuse_A_Student_That_Is_Not_What_It_Says(string key, string? value, string expected)
    {
        var path = Student((key, value));
        var message = Refusal.Of(path, () => new StudentArtefact(path).Open(Fallback).Dispose());
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Open_What_Nobody_Changed()
    {
        using var encoder = NetworkEncoder.Open(Encoder(), Fallback);
        Assert.Equal(32, encoder.Input.ViewSize);
        using var student = new StudentArtefact(Student()).Open(Fallback);
        Assert.Equal(5, student.Network.Options.Outputs);
    }

    private static Dictionary<string, string> Metadata((string Key, string? Value)[] changes)
    {
        var metadata = Fallback.ToMetadata();
        foreach (var (key, value) in new[] { ("clusters", "5"), ("branch", "Bottleneck"), ("attention", "false") }) metadata[key] = value;
        foreach (var (key, value) in changes)
        {
            if (value is null) metadata.Remove(key);
            else metadata[key] = value;
        }

        return metadata;
    }

    private string Encoder(params (string Key, string? Value)[] changes)
    {
        using var network = Autodidact.Models.Architecture.Parse(Architecture).Create(seed: 0);
        var path = _scratch["encoder.safetensors"];
        ModuleStore.Save(network, path, Metadata(changes));
        return path;
    }

    private string Student(params (string Key, string? Value)[] changes)
    {
        using var network = new MultiExitNetwork(
            Autodidact.Models.Architecture.Parse(Architecture), new MultiExitOptions { Outputs = 5 }, seed: 0);
        var path = _scratch["student.safetensors"];
        ModuleStore.Save(network, path, Metadata(changes));
        return path;
    }
}
