using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Autodidact.Export.Onnx;
using static Autodidact.Export.GraphBuilder;

namespace Autodidact.Export;

/// <summary>Smallest and largest value of a tensor over the calibration images.</summary>
/// <param name="Low">Smallest.</param>
/// <param name="High">Largest.</param>
internal readonly record struct ValueRange(float Low, float High)
{
    /// <summary>The range that takes in further values.</summary>
    public ValueRange With(ReadOnlySpan<float> values) =>
        new(Math.Min(Low, TensorPrimitives.Min(values)), Math.Max(High, TensorPrimitives.Max(values)));
}

/// <summary>
/// Static quantisation after training, in the form that ONNX Runtime expects: pairs of QuantizeLinear and DequantizeLinear around each
/// operator that runs in 8 bits. Activations are uint8, one scale a tensor; weights int8 and symmetric, one scale a channel; biases int32
/// (Jacob et al. 2018, arXiv 1712.05877). Convolutions, linear layers and additions run in 8 bits; attention gates, averages, the
/// preprocessing, the convolution of the picture itself and the pool after it stay in floats.
/// </summary>
internal sealed class QdqQuantizer
{
    private const int PictureChannels = 3;
    private static readonly HashSet<string> _quantized = new(StringComparer.Ordinal) { "Conv", "Gemm", "Add" };

    private readonly ModelProto _model;
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly ILookup<string, NodeProto> _consumers;
    private readonly IReadOnlyDictionary<string, ValueRange> _ranges;
    private readonly List<NodeProto> _nodes = [];
    private readonly List<TensorProto> _added = [];
    private readonly Dictionary<string, string> _replacements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float> _scales = new(StringComparer.Ordinal);

    private QdqQuantizer(ModelProto model, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        _model = model.Clone();
        _ranges = ranges;
        PoolFirst(_model.Graph);
        _constants = _model.Graph.Initializer.ToDictionary(t => t.Name, StringComparer.Ordinal);
        _consumers = Consumers(_model.Graph);
    }

    /// <summary>Activations whose ranges <see cref="Quantize"/> needs.</summary>
    /// <param name="model">A float model.</param>
    public static IReadOnlyList<string> Activations(ModelProto model)
    {
        var constants = model.Graph.Initializer.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var consumers = Consumers(model.Graph);
        var found = new List<string>();
        foreach (var node in model.Graph.Node.Where(n => IsQuantized(n, constants)))
        {
            found.AddRange(Inputs(node, constants.Keys));
            found.Add(End(node, consumers).Output[0]);
        }

        // An exit's logits and features leave as floats.
        return [.. found.Distinct().Where(name => !consumers[name].All(n => n.OpType == "Identity"))];
    }

    /// <summary>The model with its activations as further outputs, for the run over the calibration images.</summary>
    /// <param name="model">A float model.</param>
    /// <param name="activations">Their names.</param>
    public static ModelProto WithOutputs(ModelProto model, IEnumerable<string> activations)
    {
        var observed = model.Clone();
        observed.Graph.Output.AddRange(activations.Select(name => new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        return observed;
    }

    /// <summary>Quantises a model.</summary>
    /// <param name="model">The float model; it stays as it is.</param>
    /// <param name="ranges">Range of each of <see cref="Activations"/>.</param>
    public static ModelProto Quantize(ModelProto model, IReadOnlyDictionary<string, ValueRange> ranges) =>
        new QdqQuantizer(model, ranges).Run();

    private ModelProto Run()
    {
        var graph = _model.Graph;
        foreach (var name in graph.Input.Select(i => i.Name))
        {
            AddPair(name);
        }

        foreach (var node in graph.Node)
        {
            var quantized = IsQuantized(node, _constants);
            for (var i = 0; i < node.Input.Count; i++)
            {
                // A feature is both an output and the classifier's input: only the classifier takes it in 8 bits.
                if (_replacements.TryGetValue(node.Input[i], out var pair)
                    && (quantized || node.OpType is not "Identity" || _consumers[node.Input[i]].All(c => c.OpType != "Gemm")))
                {
                    node.Input[i] = pair;
                }
            }

            if (quantized && node.OpType is "Conv" or "Gemm")
            {
                QuantizeWeights(node);
            }

            _nodes.Add(node);
            AddPair(node.Output[0]);
        }

        graph.Node.Clear();
        graph.Node.AddRange(_nodes);
        graph.Initializer.AddRange(_added);
        var used = graph.Node.SelectMany(n => n.Input).ToHashSet(StringComparer.Ordinal);
        foreach (var unused in graph.Initializer.Where(t => !used.Contains(t.Name)).ToArray())
        {
            graph.Initializer.Remove(unused);
        }

        return _model;
    }

    /// <summary>
    /// Pools before the ReLU, with the same result. ONNX Runtime moves the rounding to 8 bits in front of a max-pool, and the 8-bit pool is
    /// several times slower than the float one. A ReLU in between prevents this.
    /// </summary>
    private static void PoolFirst(GraphProto graph)
    {
        for (var i = 1; i < graph.Node.Count; i++)
        {
            var (relu, pool) = (graph.Node[i - 1], graph.Node[i]);
            if (pool.OpType != "MaxPool"
                || relu.OpType != "Relu"
                || pool.Input[0] != relu.Output[0]
                || graph.Node.Count(n => n.Input.Contains(relu.Output[0])) != 1)
            {
                continue;
            }

            (pool.Input[0], relu.Input[0]) = (relu.Input[0], pool.Input[0]);
            (pool.Output[0], relu.Output[0]) = (relu.Output[0], pool.Output[0]);
            (graph.Node[i - 1], graph.Node[i]) = (pool, relu);
        }
    }

    private void AddPair(string name)
    {
        if (!_ranges.TryGetValue(name, out var range))
        {
            return;
        }

        // Zero must have a code of its own: padding is zero.
        var low = Math.Min(0, range.Low);
        var high = Math.Max(0, range.High);
        var scale = high > low ? (high - low) / byte.MaxValue : 1f;
        var zero = (byte)Math.Clamp(MathF.Round(-low / scale), 0, byte.MaxValue);
        _scales[name] = scale;
        _added.Add(Tensor<float>($"{name}_scale", [scale]));
        _added.Add(Tensor<byte>($"{name}_zero", [zero]));
        Append("QuantizeLinear", [name, $"{name}_scale", $"{name}_zero"], $"{name}_q");
        Append("DequantizeLinear", [$"{name}_q", $"{name}_scale", $"{name}_zero"], $"{name}_dq");
        _replacements[name] = $"{name}_dq";
    }

    private void QuantizeWeights(NodeProto node)
    {
        var weight = _constants[node.Input[1]];
        var values = MemoryMarshal.Cast<byte, float>(weight.RawData.Span);
        var channels = (int)weight.Dims[0];
        var length = values.Length / channels;
        var codes = new sbyte[values.Length];
        var scales = new float[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var row = values.Slice(channel * length, length);
            scales[channel] = TensorPrimitives.MaxMagnitude(row) is var largest && largest != 0 ? Math.Abs(largest) / sbyte.MaxValue : 1;
            for (var i = 0; i < length; i++)
            {
                codes[(channel * length) + i] = (sbyte)Math.Clamp(MathF.Round(row[i] / scales[channel]), -sbyte.MaxValue, sbyte.MaxValue);
            }
        }

        _added.Add(Tensor<sbyte>($"{weight.Name}_q", codes, [.. weight.Dims]));
        _added.Add(Tensor<float>($"{weight.Name}_scale", scales, channels));
        _added.Add(Tensor<sbyte>($"{weight.Name}_zero", new sbyte[channels], channels));
        Append(
            "DequantizeLinear",
            [$"{weight.Name}_q", $"{weight.Name}_scale", $"{weight.Name}_zero"],
            $"{weight.Name}_dq",
            Integer("axis", 0));

        var bias = _constants[node.Input[2]];
        var shifts = MemoryMarshal.Cast<byte, float>(bias.RawData.Span);
        var inputScale = _scales[node.Input[0][..^"_dq".Length]];
        var biasScales = scales.Select(s => s * inputScale).ToArray();
        var biasCodes = new int[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            biasCodes[channel] = (int)Math.Clamp(Math.Round((double)shifts[channel] / biasScales[channel]), int.MinValue, int.MaxValue);
        }

        _added.Add(Tensor<int>($"{bias.Name}_q", biasCodes, channels));
        _added.Add(Tensor<float>($"{bias.Name}_scale", biasScales, channels));
        Append("DequantizeLinear", [$"{bias.Name}_q", $"{bias.Name}_scale"], $"{bias.Name}_dq", Integer("axis", 0));
        node.Input[1] = $"{weight.Name}_dq";
        node.Input[2] = $"{bias.Name}_dq";
    }

    private void Append(string type, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = output, Output = { output } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        _nodes.Add(node);
    }

    /// <summary>
    /// Whether a node runs in 8 bits. An addition of a constant is a norm that could not be folded, or the preprocessing. The convolution
    /// of the picture's three channels stays in floats: integer kernels want more channels at a time, and floats lose no colour to
    /// rounding.
    /// </summary>
    private static bool IsQuantized(NodeProto node, IReadOnlyDictionary<string, TensorProto> constants) => node.OpType switch
    {
        "Add" => !node.Input.Any(constants.ContainsKey),
        "Conv" => constants[node.Input[1]].Dims[1] * node.Attribute.Single(a => a.Name == "group").I > PictureChannels,
        var type => _quantized.Contains(type),
    };

    private static IEnumerable<string> Inputs(NodeProto node, ICollection<string> constants) =>
        node.Input.Where(name => name.Length > 0 && !constants.Contains(name));

    /// <summary>The node whose output is the 8-bit result: a ReLU is fused into what comes before it.</summary>
    private static NodeProto End(NodeProto node, ILookup<string, NodeProto> consumers) =>
        consumers[node.Output[0]].ToArray() is [{ OpType: "Relu" } relu] ? relu : node;

    private static ILookup<string, NodeProto> Consumers(GraphProto graph) =>
        graph.Node.SelectMany(n => n.Input.Select(i => (Input: i, Node: n))).ToLookup(p => p.Input, p => p.Node, StringComparer.Ordinal);
}
