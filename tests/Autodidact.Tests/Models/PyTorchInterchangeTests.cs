using Autodidact.Models;
using Autodidact.Serialization;
using Autodidact.Tests.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

/// <summary>
/// Weights that travel to PyTorch and back, with PyTorch itself on the other side (Debian: python3-torch, python3-torchvision).
/// </summary>
public sealed class PyTorchInterchangeTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void Should_Load_What_Torchvision_Wrote_And_Compute_The_Same(int depth)
    {
        Run("write", depth);
        using var encoder = EncoderFile.Describe(Weights).Architecture.Create(seed: 1);
        Assert.Equal($"resnet{depth}", EncoderFile.Describe(Weights).Architecture.ToString());
        EncoderFile.Load(encoder, Weights);
        AssertSameFeatures(encoder);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void Should_Be_Loaded_By_Torchvision_Strictly_And_Compute_The_Same(int depth)
    {
        using var encoder = FormulaWeights.Fill(Autodidact.Models.Architecture.Parse($"resnet{depth}").Create(seed: 1));
        ModuleStore.SaveTorch(encoder, Weights);
        Run("check", depth);
        AssertSameFeatures(encoder);
    }

    private string Weights => _scratch["weights.pth"];

    private string Features => _scratch["features.npy"];

    private void AssertSameFeatures(Backbone encoder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var expected = NpyFile.ReadMatrix(Features);
        encoder.eval();
        var actual = encoder.call(FormulaWeights.Images(2, 64)).contiguous();
        Assert.Equal([expected.Rows, expected.Columns], actual.shape);
        var values = actual.data<float>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            Assert.InRange(Math.Abs(values[i] - expected[i / expected.Columns][i % expected.Columns]), 0, Tolerance);
        }
    }

    private void Run(string mode, int depth)
    {
        Assert.SkipUnless(SystemPython.Has("torch", "torchvision"), "python3-torch and python3-torchvision are not installed");
        Assert.Equal(
            (0, ""),
            SystemPython.Run([Path.Combine(Repository.Root, "tools", "reference", "interchange.py"), mode, $"{depth}", Weights, Features]));
    }
}
