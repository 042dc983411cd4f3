namespace Autodidact.Inference.Graphs;

/// <summary>
/// The operators a graph may use, each with the rule for the shape of what it gives: those that exported models use, in the forms they use
/// them in. To let graphs of other programs use another one, write its rule. Definitions:
/// https://github.com/onnx/onnx/blob/main/docs/Operators.md, version 17.
/// </summary>
internal static class Operators
{
    private const long Batch = GraphShape.Batch;

    /// <summary>The output of a node, and the multiply-accumulates it takes for one image.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs; null where an optional one is left out.</param>
    /// <exception cref="InvalidDataException">Its operator is not on the list, or is not used as its rule asks.</exception>
    public static (GraphValue Output, long Macs) Apply(GraphNode node, GraphValue?[] inputs)
    {
        var call = new Call(node, inputs);
        var result = node.Operator switch
        {
            "Identity" => Free(call.Inputs(1, 1).Attributes().Any(0)),
            "Relu" or "Sigmoid" => Free(call.Inputs(1, 1).Attributes().Float(0) with { Known = null }),
            "Add" or "Mul" => Free(Broadcast(call.Inputs(2, 2).Attributes())),
            "Cast" => Free(Cast(call.Inputs(1, 1).Attributes("to"))),
            "Transpose" => Free(Transpose(call.Inputs(1, 1).Attributes("perm"))),
            "Flatten" => Free(Flatten(call.Inputs(1, 1).Attributes("axis"))),
            "GlobalAveragePool" => Free(GlobalAveragePool(call.Inputs(1, 1).Attributes())),
            "MaxPool" => Free(MaxPool(call.Inputs(1, 1).Attributes("kernel_shape", "strides", "pads"))),
            "Conv" or "ConvTranspose" => Convolution(
                call.Inputs(2, 3).Attributes("kernel_shape", "strides", "pads", "group"), transposed: node.Operator == "ConvTranspose"),
            "MatMul" => MatMul(call.Inputs(2, 2).Attributes()),
            "Gemm" => Gemm(call.Inputs(2, 3).Attributes("transB")),
            "Shape" => Free(Shape(call.Inputs(1, 1).Attributes())),
            "Slice" => Free(Slice(call.Inputs(3, 4).Attributes())),
            "Concat" => Free(Concat(call.Inputs(1, 8).Attributes("axis"))),
            "Resize" => Free(Resize(call.Inputs(4, 4).Attributes("mode", "coordinate_transformation_mode"))),
            "QuantizeLinear" => Free(Quantize(call.Inputs(3, 3).Attributes("axis"))),
            "DequantizeLinear" => Free(Dequantize(call.Inputs(2, 3).Attributes("axis"))),
            _ => throw new InvalidDataException(
                $"it uses the operator '{OneLine.From(node.Operator)}', which is not on the closed list of this reader"),
        };

        // The number of images stays in front: anywhere else, shapes could multiply it by itself.
        return result.Output.Shape.Select((d, i) => d >= 0 || (d == Batch && i == 0)).All(fits => fits) ? result : throw call.Bad();
    }

    private static (GraphValue Output, long Macs) Free(GraphValue output) => (output, 0);

    private static GraphValue Broadcast(Call call) => new(GraphType.Float, Broadcast(call, call.Float(0).Shape, call.Float(1).Shape));

    private static long[] Broadcast(Call call, ReadOnlySpan<long> left, ReadOnlySpan<long> right)
    {
        var shape = new long[Math.Max(left.Length, right.Length)];
        for (var i = 1; i <= shape.Length; i++)
        {
            var a = i <= left.Length ? left[^i] : 1;
            var b = i <= right.Length ? right[^i] : 1;
            shape[^i] = a == b || b == 1 ? a : a == 1 ? b : throw call.Bad();
        }

        return shape;
    }

    private static GraphValue Cast(Call call)
    {
        call.Require(call.Integer("to", 0) == (long)GraphType.Float && call.Any(0).Type == GraphType.Uint8);
        return new GraphValue(GraphType.Float, call.Any(0).Shape);
    }

    private static GraphValue Transpose(Call call)
    {
        var (input, order) = (call.Float(0), call.Integers("perm", 0));
        call.Require(order.Length == input.Shape.Length
            && order.Order().SequenceEqual(Enumerable.Range(0, order.Length).Select(i => (long)i)));
        return new GraphValue(GraphType.Float, [.. order.Select(axis => input.Shape[axis])]);
    }

    private static GraphValue Flatten(Call call)
    {
        var input = call.Images(0);
        call.Require(call.Integer("axis", 1) == 1);
        return new GraphValue(GraphType.Float, [input.Shape[0], GraphShape.Count(input.Shape.AsSpan(1))]);
    }

    private static GraphValue GlobalAveragePool(Call call) => new(GraphType.Float, [.. call.Images(0).Shape.AsSpan(0, 2), 1, 1]);

    private static GraphValue MaxPool(Call call)
    {
        var input = call.Images(0);
        var (kernel, strides, pads) = call.Window();
        return new GraphValue(
            GraphType.Float,
            [
                input.Shape[0],
                input.Shape[1],
                Side(call, input.Shape[2], kernel[0], strides[0], pads[0] + pads[2]),
                Side(call, input.Shape[3], kernel[1], strides[1], pads[1] + pads[3]),
            ]);
    }

    private static long Side(Call call, long side, long kernel, long stride, long pads)
    {
        call.Require(side + pads >= kernel);
        return ((side + pads - kernel) / stride) + 1;
    }

    private static (GraphValue Output, long Macs) Convolution(Call call, bool transposed)
    {
        var (input, weight) = (call.Images(0), call.Float(1));
        var (kernel, strides, pads) = call.Window();
        var groups = call.Integer("group", 1);
        call.Require(weight.Shape is { Length: 4 } w && w.All(d => d > 0) && w[2] == kernel[0] && w[3] == kernel[1]
            && groups is > 0 and <= 1 << 20);

        // A transposed convolution's weights are [in, out / groups, k, k], another's [out, in / groups, k, k].
        var (first, second) = (weight.Shape[0], weight.Shape[1]);
        var outputs = transposed ? second * groups : first;
        call.Require(input.Shape[1] == (transposed ? first : second * groups) && first % groups == 0
            && (call.Count < 3 || call.Float(2).Shape is [var biases] && biases == outputs));
        long[] sides = transposed
            ?
            [
                ((input.Shape[2] - 1) * strides[0]) + kernel[0] - pads[0] - pads[2],
                ((input.Shape[3] - 1) * strides[1]) + kernel[1] - pads[1] - pads[3],
            ]
            :
            [
                Side(call, input.Shape[2], kernel[0], strides[0], pads[0] + pads[2]),
                Side(call, input.Shape[3], kernel[1], strides[1], pads[1] + pads[3]),
            ];
        call.Require(sides.All(side => side > 0));
        var output = new GraphValue(GraphType.Float, [input.Shape[0], outputs, .. sides]);

        // Each place of the one side of the layer meets every weight of its channel once.
        return (output, call.Macs(GraphShape.Count(transposed ? input.Shape : output.Shape), second * kernel[0] * kernel[1]));
    }

    private static (GraphValue Output, long Macs) MatMul(Call call)
    {
        var (left, right) = (call.Float(0).Shape, call.Float(1).Shape);
        call.Require(left.Length >= 2 && right.Length >= 2 && left[^1] == right[^2] && left[^1] != Batch);
        var output = new GraphValue(GraphType.Float, [.. Broadcast(call, left.AsSpan(..^2), right.AsSpan(..^2)), left[^2], right[^1]]);
        return (output, call.Macs(GraphShape.Count(output.Shape), left[^1]));
    }

    private static (GraphValue Output, long Macs) Gemm(Call call)
    {
        var (input, weight) = (call.Float(0).Shape, call.Float(1).Shape);
        call.Require(call.Integer("transB", 0) == 1 && input.Length == 2 && weight.Length == 2 && input[1] == weight[1]);
        call.Require(weight[0] > 0 && weight[1] > 0);
        call.Require(call.Count < 3 || (call.Float(2).Shape is [var biases] && biases == weight[0]));
        return (new GraphValue(GraphType.Float, [input[0], weight[0]]), call.Macs(weight[0], weight[1]));
    }

    private static GraphValue Shape(Call call)
    {
        var shape = call.Any(0).Shape;
        return new GraphValue(GraphType.Int64, [shape.Length], shape);
    }

    private static GraphValue Slice(Call call)
    {
        var (input, starts, ends) = (call.Any(0), call.Known(1), call.Known(2));
        var axes = call.Count > 3 ? call.Known(3) : [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        call.Require(starts.Length == ends.Length && starts.Length == axes.Length && axes.Distinct().Count() == axes.Length);
        var shape = input.Shape.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            // Counting from the end, and slicing between images, are not used.
            call.Require(axes[i] >= 0 && axes[i] < shape.Length && shape[axes[i]] != Batch && starts[i] >= 0 && ends[i] > starts[i]
                && ends[i] <= shape[axes[i]]);
            shape[axes[i]] = ends[i] - starts[i];
        }

        return new GraphValue(input.Type, shape, input.Known is { } known && axes is [0] ? known[(int)starts[0]..(int)ends[0]] : null);
    }

    private static GraphValue Concat(Call call)
    {
        // Shapes are put together, images never.
        long[] joined = [.. Enumerable.Range(0, call.Count).SelectMany(call.Known)];
        call.Require(call.Integer("axis", -1) == 0 && joined.Length <= 8);
        return new GraphValue(GraphType.Int64, [joined.Length], joined);
    }

    private static GraphValue Resize(Call call)
    {
        var (input, sizes) = (call.Images(0), call.Known(3));
        call.Require(call.Omitted(1) && call.Omitted(2));
        call.Require(call.Text("mode") == "linear" && call.Text("coordinate_transformation_mode") == "half_pixel");
        call.Require(sizes.Length == 4 && sizes[0] == input.Shape[0] && sizes[1] == input.Shape[1] && sizes[2] > 0 && sizes[3] > 0);
        return new GraphValue(GraphType.Float, sizes);
    }

    private static GraphValue Quantize(Call call)
    {
        var zero = call.Any(2);
        call.Require(zero.Type is GraphType.Uint8 or GraphType.Int8);
        call.Float(0);
        return new GraphValue(zero.Type, Scaled(call));
    }

    private static GraphValue Dequantize(Call call)
    {
        var type = call.Any(0).Type;
        call.Require(type is GraphType.Uint8 or GraphType.Int8 or GraphType.Int32 && (call.Count < 3 || call.Any(2).Type == type));
        return new GraphValue(GraphType.Float, Scaled(call));
    }

    /// <summary>The shape of what is scaled, by one number or by one for each index of an axis.</summary>
    private static long[] Scaled(Call call)
    {
        var (shape, scale) = (call.Any(0).Shape, call.Float(1).Shape);
        var axis = call.Integer("axis", 1);
        call.Require(scale.Length == 0 || (scale.Length == 1 && axis >= 0 && axis < shape.Length && shape[axis] == scale[0]));
        call.Require(call.Count < 3 || call.Any(2).Shape.AsSpan().SequenceEqual(scale));
        return shape;
    }

    /// <summary>A node and its inputs, with what rules ask of them.</summary>
    private readonly struct Call(GraphNode node, GraphValue?[] inputs)
    {
        public int Count => inputs.Length;

        public Call Inputs(int least, int most)
        {
            Require(inputs.Length >= least && inputs.Length <= most);
            return this;
        }

        /// <summary>Refuses attributes beside those named: what no rule knows could change what the operator does.</summary>
        public Call Attributes(params ReadOnlySpan<string> names)
        {
            foreach (var name in node.Attributes.Keys)
            {
                Require(names.Contains(name));
            }

            return this;
        }

        public GraphValue Any(int index) => (index < inputs.Length ? inputs[index] : null) ?? throw Bad();

        public bool Omitted(int index) => inputs[index] is null;

        public GraphValue Float(int index) => Any(index) is { Type: GraphType.Float } value ? value : throw Bad();

        /// <summary>A value [N, C, H, W].</summary>
        public GraphValue Images(int index) => Float(index) is { Shape: [_, > 0, > 0, > 0] } value ? value : throw Bad();

        public long[] Known(int index) => Any(index).Known ?? throw Bad();

        public long Integer(string name, long otherwise) =>
            !node.Attributes.TryGetValue(name, out var value) ? otherwise : value is long number ? number : throw Bad();

        public long[] Integers(string name, int length) =>
            node.Attributes.TryGetValue(name, out var value) && value is long[] numbers && (length == 0 || numbers.Length == length)
                ? numbers
                : throw Bad();

        public string Text(string name) => node.Attributes.TryGetValue(name, out var value) && value is string text ? text : throw Bad();

        /// <summary>
        /// Kernel, strides and pads of two dimensions. A pad as wide as the kernel would add places where there is nothing to see.
        /// </summary>
        public (long[] Kernel, long[] Strides, long[] Pads) Window()
        {
            var (kernel, strides, pads) = (Integers("kernel_shape", 2), Integers("strides", 2), Integers("pads", 4));
            Require(kernel.All(k => k is > 0 and <= 1 << 12) && strides.All(s => s is > 0 and <= 1 << 12));
            Require(pads[0] >= 0 && pads[0] < kernel[0] && pads[2] >= 0 && pads[2] < kernel[0] && pads[1] >= 0 && pads[1] < kernel[1]
                && pads[3] >= 0 && pads[3] < kernel[1]);
            return (kernel, strides, pads);
        }

        public long Macs(long places, long each) =>
            (Int128)places * each is var macs && macs <= long.MaxValue / 2 ? (long)macs : throw Bad();

        public void Require(bool condition)
        {
            if (!condition)
            {
                throw Bad();
            }
        }

        public InvalidDataException Bad() =>
            new($"its node '{OneLine.From(node.Output)}' uses the operator {node.Operator} in a way that is not read");
    }
}
