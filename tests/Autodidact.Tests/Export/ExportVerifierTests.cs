using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Tests.Serialization;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Autodidact.Tests.Export;

public sealed class ExportVerifierTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0.5f, 0.00005f, true)]
    [InlineData(0.5f, 0.0002f, false)]
    [InlineData(0.5f, float.NaN, false)]
    [InlineData(9f, 0.0002f, false)]
    [InlineData(100f, 0.0005f, true)]
    [InlineData(100f, 0.002f, false)]
    public void Should_Allow_What_Rounding_Explains_And_No_More(float largest, float difference, bool passes)
    {
        using var scope = NewDisposeScope();
        var input = tensor(new[] { -0.25f, 0, largest, 0.125f }, 1, 4);
        var expected = new Dictionary<string, Tensor> { ["out"] = input + tensor(new[] { 0, difference, 0, 0 }, 1, 4) };
        if (passes)
        {
            Assert.Equal(difference, ExportVerifier.Check(Graph(), input, expected), 1e-9);
            return;
        }

        var refused = Assert.Throws<AutodidactException>(() => ExportVerifier.Check(Graph(), input, expected));
        Assert.Equal(FailureKind.Training, refused.Kind);
        Assert.Contains("nothing was exported", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_Another_Shape()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<AutodidactException>(
            () => ExportVerifier.Check(Graph(), zeros(1, 4), new Dictionary<string, Tensor> { ["out"] = zeros(4, 1) }));
    }

    private string Graph()
    {
        ValueInfoProto Value(string name) => new()
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        };
        var model = new ModelProto
        {
            IrVersion = 8,
            Graph = new GraphProto
            {
                Name = "g",
                Input = { Value("in") },
                Output = { Value("out") },
                Node = { new NodeProto { OpType = "Identity", Input = { "in" }, Output = { "out" } } },
            },
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        File.WriteAllBytes(_scratch["graph.onnx"], model.ToByteArray());
        return _scratch["graph.onnx"];
    }
}
