using System.Text;
using Autodidact.Models;
using Autodidact.Tests.Serialization;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

/// <summary>The metadata of a checkpoint say where a training goes on, once they can be believed.</summary>
public sealed class TrainerStateTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("step", "-1")]
    [InlineData("step", "1.5")]
    [InlineData("step", "99999999999999999999")]
    [InlineData("step", "")]
    [InlineData("step", null)]
    [InlineData("seconds", "NaN")]
    [InlineData("seconds", "-1")]
    [InlineData("seconds", "1e300")]
    [InlineData("seconds", "x")]
    [InlineData("seconds", null)]
    public void Should_Refuse_A_Place_Where_No_Training_Stands(string key, string? value)
    {
        var path = Write(key, value);
        using var into = zeros(2);
        var message = Refusal.Of(path, () => TrainerState.Read(path, new Dictionary<string, Tensor> { ["a"] = into }));
        Assert.Contains("not a checkpoint of this program", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Read_What_Was_Written()
    {
        using var into = zeros(2);
        var state = TrainerState.Read(Write("step", "12"), new Dictionary<string, Tensor> { ["a"] = into });
        Assert.Equal((12, 3.5), (state.Step, state.Seconds));
    }

    [Theory]
    [InlineData("\"step\":\"3\"", "\"step\":\"7\"")]
    [InlineData("\"seconds\":\"3.5\"", "\"seconds\":\"1.5\"")]
    [InlineData("\"inputs\":\"abc\"", "\"inputs\":\"abb\"")]
    [InlineData("\"sha256\":", "\"sha257\":")]
    public void Should_Refuse_Metadata_That_Are_Not_What_Was_Written(string written, string changed)
    {
        var path = _scratch["a.safetensors"];
        using var tensor = ones(2);
        using var into = zeros(2);
        var tensors = new Dictionary<string, Tensor> { ["a"] = into };
        new TrainerState(3, 3.5) { Tensors = new Dictionary<string, Tensor> { ["a"] = tensor } }
            .Write(path, new Dictionary<string, string> { ["inputs"] = "abc" });
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        Assert.Contains(written, text, StringComparison.Ordinal);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(text.Replace(written, changed, StringComparison.Ordinal)));
        Assert.Contains("metadata do not match", Refusal.Of(path, () => TrainerState.Read(path, tensors)), StringComparison.Ordinal);
        Assert.Contains("metadata do not match", Refusal.Of(path, () => TensorFile.ReadMetadata(path)), StringComparison.Ordinal);
        Assert.Equal(0, into.sum().item<float>());
    }

    [Fact]
    public void Should_Leave_The_Tensors_As_They_Are_When_It_Refuses_A_Place()
    {
        using var into = zeros(2);
        var tensors = new Dictionary<string, Tensor> { ["a"] = into };
        var path = Write("step", "x");
        Refusal.Of(path, () => TrainerState.Read(path, tensors));
        path = Write("step", "12");
        Refusal.Of(path, () => TrainerState.Read(path, tensors, steps: 11));
        Assert.Equal(0, into.sum().item<float>());
    }

    private string Write(string key, string? value)
    {
        var metadata = new Dictionary<string, string> { ["step"] = "12", ["seconds"] = "3.5" };
        if (value is null) metadata.Remove(key);
        else metadata[key] = value;
        using var tensor = ones(2);
        TensorFile.Write(_scratch["a.safetensors"], new Dictionary<string, Tensor> { ["a"] = tensor }, metadata);
        return _scratch["a.safetensors"];
    }
}
