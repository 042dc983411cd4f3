using Autodidact.Models;
using TorchSharp;
using TorchSharp.Modules;
using static Autodidact.Export.GraphBuilder;
using static TorchSharp.torch;

namespace Autodidact.Export;

/// <summary>A feature map in a graph: float32 [N, C, H, W].</summary>
/// <param name="Name">Its name.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
internal readonly record struct FeatureMap(string Name, long Channels, long Height, long Width);

/// <summary>
/// Writes our modules as ONNX nodes: a closed set, told apart by type; their children are known by the names their weights have in files. A
/// norm right after a convolution is folded into it, so none is left in a plain network.
/// </summary>
/// <param name="graph">The graph that grows.</param>
internal sealed class NetworkEmitter(GraphBuilder graph)
{
    /// <summary>One stage of a backbone; stage 0 has the stem before it.</summary>
    public FeatureMap Stage(Backbone backbone, int stage, FeatureMap input)
    {
        var children = Children(backbone);
        if (stage == 0)
        {
            input = Relu(Convolution(children["conv1"], (BatchNormalization)children["bn1"], input));
            input = ((ResNet)backbone).Stem switch
            {
                Stem.ImageNet => MaxPool(input, kernel: 3, stride: 2, padding: 1),
                Stem.CifarPool => MaxPool(input, kernel: 2, stride: 2, padding: 0),
                Stem.Cifar or Stem.CifarStride => input,
                var other => throw new NotSupportedException($"stems of the kind {other} cannot be exported"),
            };
        }

        return Module(children[FormattableString.Invariant($"layer{stage + 1}")], input);
    }

    /// <summary>One exit: its branch and classifier over its stage's map.</summary>
    public (string Feature, string Logits) Exit(MultiExitNetwork network, int exit, FeatureMap map)
    {
        var children = Children(network);
        var branches = Children(children["branches"]);
        var feature = Pool(exit < branches.Count ? Module(branches[Key(exit)], map) : map);
        var classifier = (Linear)Children(children["classifiers"])[Key(exit)];
        var logits = graph.Node(
            "Gemm",
            [feature, Constant("weight", classifier.weight!), Constant("bias", classifier.bias!)],
            Integer("transB", 1));
        return (feature, logits);
    }

    /// <summary>Global average: [N, C].</summary>
    public string Pool(FeatureMap map) => graph.Node("Flatten", [graph.Node("GlobalAveragePool", [map.Name])], Integer("axis", 1));

    private FeatureMap Module(nn.Module module, FeatureMap input)
    {
        var children = Children(module);
        switch (module)
        {
            case BasicBlock:
                var inner = Relu(Convolution(children["conv1"], Norm("bn1"), input));
                return Relu(Add(Convolution(children["conv2"], Norm("bn2"), inner), Shortcut()));
            case Bottleneck:
                inner = Relu(Convolution(children["conv1"], Norm("bn1"), input));
                inner = Relu(Convolution(children["conv2"], Norm("bn2"), inner));
                return Relu(Add(Convolution(children["conv3"], Norm("bn3"), inner), Shortcut()));
            case SeparableAttention:
                return Gate(input, ResizeTo(Module(children["gate"], input), input));
            case TransposedAttention:
                inner = Relu(Convolution(children["down"], Norm("down_norm"), input));
                return Gate(input, CropTo(Convolution(children["up"], Norm("up_norm"), inner), input));
            case Sequential:
                return Sequence([.. children.Values], input);
            default:
                throw new NotSupportedException($"modules of {module.GetType().Name} cannot be exported");
        }

        BatchNormalization Norm(string name) => (BatchNormalization)children[name];

        FeatureMap Shortcut() => children.TryGetValue("downsample", out var downsample) ? Module(downsample, input) : input;
    }

    private FeatureMap Sequence(nn.Module[] layers, FeatureMap map)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            switch (layers[i])
            {
                case Conv2d or Convolution3x3 or FittingConvolution:
                    var norm = i + 1 < layers.Length ? layers[i + 1] as BatchNormalization : null;
                    map = Convolution(layers[i], norm, map);
                    i += norm is null ? 0 : 1;
                    break;
                case BatchNormalization alone:
                    map = Normalize(alone, map);
                    break;
                case ReLU:
                    map = Relu(map);
                    break;
                default:
                    map = Module(layers[i], map);
                    break;
            }
        }

        return map;
    }

    private FeatureMap Convolution(nn.Module layer, BatchNormalization? norm, FeatureMap input)
    {
        var (weight, stride, padding, groups, transposed, end) = layer switch
        {
            Conv2d conv => (conv.weight!, One(conv.stride), One(conv.padding), conv.groups, false, (Bottom: 0L, Right: 0L)),
            Convolution3x3 conv => (conv.Weight, conv.Stride, 1L, 1L, false, (0L, 0L)),
            FittingConvolution conv =>
                (conv.Convolution.weight!, conv.Kernel, 0L, 1L, false, (conv.Missing(input.Height), conv.Missing(input.Width))),
            ConvTranspose2d conv => (conv.weight!, One(conv.stride), One(conv.padding), conv.groups, true, (0L, 0L)),
            _ => throw new NotSupportedException($"convolutions of {layer.GetType().Name} cannot be exported"),
        };
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();

        // A transposed convolution's weights are [in, out, k, k], another's [out, in, k, k].
        var outputs = transposed ? weight.shape[1] : weight.shape[0];
        Tensor scale = ones(outputs), shift = zeros(outputs);
        if (norm is not null)
        {
            scale = norm.Weight! / (norm.RunningVariance + BatchNormalization.Epsilon).sqrt();
            shift = norm.Bias! - (norm.RunningMean * scale);
        }

        var kernel = weight.shape[2];
        var folded = weight * (transposed ? scale.view(1, -1, 1, 1) : scale.view(-1, 1, 1, 1));
        var output = graph.Node(
            transposed ? "ConvTranspose" : "Conv",
            [input.Name, Constant("weight", folded), Constant("bias", shift)],
            Integers("kernel_shape", kernel, kernel),
            Integers("strides", stride, stride),
            Integers("pads", padding, padding, padding + end.Item1, padding + end.Item2),
            Integer("group", groups));
        return transposed
            ? new FeatureMap(
                output,
                outputs,
                ((input.Height - 1) * stride) - (2 * padding) + kernel,
                ((input.Width - 1) * stride) - (2 * padding) + kernel)
            : new FeatureMap(output, outputs, Side(input.Height + end.Item1), Side(input.Width + end.Item2));

        long Side(long side) => ((side + (2 * padding) - kernel) / stride) + 1;
    }

    /// <summary>A norm with no convolution before it.</summary>
    private FeatureMap Normalize(BatchNormalization norm, FeatureMap map)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var scale = norm.Weight! / (norm.RunningVariance + BatchNormalization.Epsilon).sqrt();
        var shift = norm.Bias! - (norm.RunningMean * scale);
        var scaled = graph.Node("Mul", [map.Name, Constant("scale", scale.view(1, -1, 1, 1))]);
        return map with { Name = graph.Node("Add", [scaled, Constant("shift", shift.view(1, -1, 1, 1))]) };
    }

    private FeatureMap Relu(FeatureMap map) => map with { Name = graph.Node("Relu", [map.Name]) };

    private FeatureMap Add(FeatureMap left, FeatureMap right) => left with { Name = graph.Node("Add", [left.Name, right.Name]) };

    private FeatureMap Gate(FeatureMap input, FeatureMap gate) =>
        input with { Name = graph.Node("Mul", [input.Name, graph.Node("Sigmoid", [gate.Name])]) };

    private FeatureMap MaxPool(FeatureMap map, long kernel, long stride, long padding)
    {
        var output = graph.Node(
            "MaxPool",
            [map.Name],
            Integers("kernel_shape", kernel, kernel),
            Integers("strides", stride, stride),
            Integers("pads", padding, padding, padding, padding));
        return new FeatureMap(output, map.Channels, Side(map.Height), Side(map.Width));

        long Side(long side) => ((side + (2 * padding) - kernel) / stride) + 1;
    }

    /// <summary>Bilinear, corners not aligned, to the sides of another map.</summary>
    private FeatureMap ResizeTo(FeatureMap map, FeatureMap like)
    {
        var batch = graph.Node(
            "Slice",
            [graph.Node("Shape", [map.Name]), graph.Constant<long>("start", [0], 1), graph.Constant<long>("end", [1], 1)]);
        var sizes = graph.Node(
            "Concat", [batch, graph.Constant<long>("sides", [map.Channels, like.Height, like.Width], 3)], Integer("axis", 0));
        var output = graph.Node(
            "Resize", [map.Name, "", "", sizes], Text("mode", "linear"), Text("coordinate_transformation_mode", "half_pixel"));
        return new FeatureMap(output, map.Channels, like.Height, like.Width);
    }

    /// <summary>Cuts rows and columns that another map does not have.</summary>
    private FeatureMap CropTo(FeatureMap map, FeatureMap like) => map.Height == like.Height && map.Width == like.Width
        ? map
        : new FeatureMap(
            graph.Node(
                "Slice",
                [
                    map.Name,
                    graph.Constant<long>("start", [0, 0], 2),
                    graph.Constant<long>("end", [like.Height, like.Width], 2),
                    graph.Constant<long>("axes", [2, 3], 2),
                ]),
            map.Channels,
            like.Height,
            like.Width);

    private string Constant(string hint, Tensor values)
    {
        using var noGrad = no_grad();
        using var contiguous = values.detach().to(ScalarType.Float32).contiguous();
        return graph.Constant<float>(hint, contiguous.data<float>().ToArray(), contiguous.shape);
    }

    private static Dictionary<string, nn.Module> Children(nn.Module module) =>
        module.named_children().ToDictionary(c => c.name, c => c.module, StringComparer.Ordinal);

    private static string Key(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static long One(IReadOnlyList<long>? values) => values![0];
}
