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
