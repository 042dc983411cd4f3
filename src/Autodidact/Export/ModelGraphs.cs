using Autodidact.Export.Onnx;
using Autodidact.Models;
using Autodidact.Views;

namespace Autodidact.Export;

/// <summary>Input of a network and of its graphs.</summary>
/// <param name="Side">Side of the pictures.</param>
/// <param name="ViewSize">Side of what the network sees.</param>
/// <param name="Normalization">Mean and standard deviation of the pixels.</param>
/// <param name="Inside">Whether each graph begins with the preprocessing.</param>
internal sealed record GraphInput(int Side, int ViewSize, PixelNormalization Normalization, bool Inside);

/// <summary>The graphs of an exported model. Every graph is whole: none refers to another file.</summary>
/// <param name="metadata">Free text in each graph.</param>
internal sealed class ModelGraphs(IReadOnlyDictionary<string, string> metadata)
{
    public const string Map = "map";
    public const string Feature = "feature";
    public const string Logits = "logits";

    /// <summary>The preprocessing alone.</summary>
    public ModelProto Preprocessing(GraphInput input)
    {
        var graph = new GraphBuilder("preprocessing");
        var images = PreprocessingEmitter.FromPixels(graph, input.Side, input.ViewSize, input.Normalization);
        graph.Output(images.Name, PreprocessingEmitter.Images, 3, input.ViewSize, input.ViewSize);
        return graph.Build(metadata);
    }

    /// <summary>A backbone: <c>feature</c> out.</summary>
    public ModelProto Encoder(Backbone backbone, GraphInput input)
    {
        var graph = new GraphBuilder("encoder");
        var emitter = new NetworkEmitter(graph);
        var map = Through(emitter, backbone, Begin(graph, input), 0, backbone.StageChannels.Count - 1);
        graph.Output(emitter.Pool(map), Feature, backbone.FeatureSize);
        return graph.Build(metadata);
    }

    /// <summary>
    /// One stage with its exit: the previous stage's <c>map</c> in, or the pictures; <c>map</c> (but for the last), <c>feature</c>,
    /// <c>logits</c> out.
    /// </summary>
    public ModelProto Stage(MultiExitNetwork network, int exit, GraphInput input)
    {
        var graph = new GraphBuilder(FormattableString.Invariant($"stage{exit + 1}"));
        var emitter = new NetworkEmitter(graph);
        FeatureMap map;
        if (exit == 0)
        {
            map = Begin(graph, input);
        }
        else
        {
            var before = MapAfter(network, exit - 1, input);
            map = before with
            {
                Name = graph.Input("previous_map", TensorProto.Types.DataType.Float, before.Channels, before.Height, before.Width),
            };
        }

        map = emitter.Stage(network.Backbone, exit, map);
        if (exit < network.ExitCount - 1)
        {
            graph.Output(map.Name, Map, map.Channels, map.Height, map.Width);
        }

        WriteExit(graph, emitter, network, exit, map, "");
        return graph.Build(metadata);
    }

    /// <summary>The compact model that ends at an exit: <c>feature</c> and <c>logits</c> out, no other branch in it.</summary>
    public ModelProto ToExit(MultiExitNetwork network, int exit, GraphInput input)
    {
        var graph = new GraphBuilder(FormattableString.Invariant($"exit-{exit + 1}"));
        var emitter = new NetworkEmitter(graph);
        WriteExit(graph, emitter, network, exit, Through(emitter, network.Backbone, Begin(graph, input), 0, exit), "");
        return graph.Build(metadata);
    }

    /// <summary>All exits: <c>feature_1</c>, <c>logits_1</c> and so on out.</summary>
    public ModelProto Full(MultiExitNetwork network, GraphInput input)
    {
        var graph = new GraphBuilder("full");
        var emitter = new NetworkEmitter(graph);
        var map = Begin(graph, input);
        for (var exit = 0; exit < network.ExitCount; exit++)
        {
            map = emitter.Stage(network.Backbone, exit, map);
            WriteExit(graph, emitter, network, exit, map, FormattableString.Invariant($"_{exit + 1}"));
        }

        return graph.Build(metadata);
    }

    private static FeatureMap Begin(GraphBuilder graph, GraphInput input) => input.Inside
        ? PreprocessingEmitter.FromPixels(graph, input.Side, input.ViewSize, input.Normalization)
        : PreprocessingEmitter.FromImages(graph, input.ViewSize);

    private static FeatureMap Through(NetworkEmitter emitter, Backbone backbone, FeatureMap map, int first, int last)
    {
        for (var stage = first; stage <= last; stage++)
        {
            map = emitter.Stage(backbone, stage, map);
        }

        return map;
    }

    /// <summary>Shape of a stage's map, found by writing the stages before into a graph that is thrown away.</summary>
    private static FeatureMap MapAfter(MultiExitNetwork network, int stage, GraphInput input)
    {
        var scratch = new GraphBuilder("scratch");
        return Through(new NetworkEmitter(scratch), network.Backbone, PreprocessingEmitter.FromImages(scratch, input.ViewSize), 0, stage);
    }

    private static void WriteExit(
        GraphBuilder graph, NetworkEmitter emitter, MultiExitNetwork network, int exit, FeatureMap map, string suffix)
    {
        var (feature, logits) = emitter.Exit(network, exit, map);
        graph.Output(feature, Feature + suffix, network.FeatureSize);
        graph.Output(logits, Logits + suffix, network.Options.Outputs);
    }
}
