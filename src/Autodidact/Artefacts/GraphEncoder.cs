using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Views;

namespace Autodidact.Artefacts;

/// <summary>An encoder that is an ONNX graph, in <c>encoder.onnx</c>: of another maker, or fitted by a method without gradients.</summary>
internal sealed class GraphEncoder : EncoderModel
{
    private readonly FeatureGraph _graph;
    private readonly int _side;
    private readonly PixelNormalization _normalization;

    private GraphEncoder(FeatureGraph graph, PretrainOptions options, ModelInput own)
    {
        _graph = graph;
        Input = own;
        _side = graph.Side > 0 ? graph.Side : options.EncoderSize > 0 ? options.EncoderSize : own.ViewSize;
        _normalization = graph.TakesBytes
            ? EncoderNormalization.Bytes
            : EncoderNormalization.Parse(options.EncoderNormalization, options.EncoderChannels) ?? PixelNormalization.ImageNet;
    }

    /// <inheritdoc/>
    public override ModelInput Input { get; }

    /// <summary>Whether the graph says that its network was trained on labels.</summary>
    public bool UsesLabels => _graph.Metadata.ContainsKey(ExportedModel.LabelsKey);

    /// <summary>Opens a graph.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Which output is the feature, and what the graph is shown.</param>
    /// <param name="own">What an encoder of the run's own would see.</param>
    /// <param name="threads">Threads; 0 leaves the choice.</param>
    /// <exception cref="AutodidactException">The graph cannot be used, or takes images of another size than the one asked for.</exception>
    public static GraphEncoder Open(string file, PretrainOptions options, ModelInput own, int threads)
    {
        var graph = FeatureGraph.Open(file, options.EncoderOutput, threads);
        if (graph.Side == 0 || options.EncoderSize == 0 || graph.Side == options.EncoderSize) return new GraphEncoder(graph, options, own);
        var side = graph.Side;
        graph.Dispose();
        throw new AutodidactException(
            FailureKind.Usage,
            $"pretrain.encoder_size={options.EncoderSize}: the graph takes images of {side} pixels only: leave the option out");
    }

    /// <summary>Runs the graph once.</summary>
    /// <param name="normalizationName">How the user named the values that the graph wants.</param>
    /// <returns>Its output, the feature's length, and what it is shown, in words.</returns>
    public string Probe(string normalizationName)
    {
        var length = _graph.Probe(_side);
        var values = _graph.TakesBytes
            ? "as bytes"
            : $"normalised as {(normalizationName is EncoderNormalization.Auto ? "imagenet" : normalizationName)}";
        return $"output {_graph.Output}, {length} values of {_side} x {_side} images {values}";
    }

    /// <inheritdoc/>
    public override FeatureMatrix TrainFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        Features(images, batchSize, cancellationToken);

    /// <inheritdoc/>
    public override FeatureMatrix? EvaluationFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        Features(images, batchSize, cancellationToken);

    /// <inheritdoc/>
    public override void Dispose() => _graph.Dispose();

    private FeatureMatrix Features(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        GraphFeatures.Extract(_graph, new PlainPixels(images, _side, _normalization), batchSize, cancellationToken);
}
