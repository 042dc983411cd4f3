using Autodidact.Configuration;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Runs;
using Autodidact.Serialization;
using TorchSharp;

namespace Autodidact.Artefacts;

/// <summary>
/// The encoder of stage one: a network in <c>encoder.safetensors</c>, a graph in <c>encoder.onnx</c>, or features in <c>features.npy</c>.
/// </summary>
/// <param name="paths">Where the run's files lie.</param>
/// <param name="options">Options of stage one, which say what kind it leaves.</param>
/// <param name="own">Input of an encoder that the run makes itself.</param>
/// <param name="threads">Threads of graphs; 0 leaves the choice.</param>
internal sealed class EncoderArtefact(RunPaths paths, PretrainOptions options, ModelInput own, int threads)
{
    /// <summary>Kind of the encoder.</summary>
    public EncoderKind Kind => options.EncoderKind;

    /// <summary>File of a network.</summary>
    public string NetworkFile => paths.Encoder;

    /// <summary>File of a graph.</summary>
    public string GraphFile => paths.EncoderGraph;

    /// <summary>File of ready features of the training images, and of the features that any kind of encoder computes.</summary>
    public string FeaturesFile => paths.Features;

    /// <summary>File of ready features of the evaluation images.</summary>
    public string EvaluationFeaturesFile => paths.EvaluationFeatures;

    /// <summary>Input of an encoder that this run trains.</summary>
    public ModelInput Own => own;

    /// <summary>Input of a file of other makers. Nearly all were trained on ImageNet's statistics.</summary>
    public ModelInput Foreign => own with { Normalization = Views.PixelNormalization.ImageNet };

    /// <summary>Input of the encoder before there is one: that of its file, or this run's own.</summary>
    public ModelInput Expected =>
        Kind == EncoderKind.Network && options.Encoder is { } file && File.Exists(file) ? NetworkEncoder.InputOf(file, Foreign) : own;

    /// <summary>Opens what the stage left.</summary>
    public EncoderModel Open(torch.Device? device = null) => Kind switch
    {
        EncoderKind.Network => NetworkEncoder.Open(paths.Encoder, own, device),
        EncoderKind.Graph => GraphEncoder.Open(paths.EncoderGraph, options, own, threads),
        EncoderKind.Features => new ReadyFeatures(paths, own),
        _ => throw new InvalidOperationException($"no encoder is of the kind {Kind}"),
    };

    /// <summary>Features of the target set's training images, which the clustering stage wrote; owned by the caller.</summary>
    public FeatureMatrix ReadFeatures() => NpyFile.ReadMatrix(paths.Features);

    /// <summary>The same of some of these images, without the others in memory.</summary>
    /// <param name="positions">Which, in the order of the rows wanted.</param>
    public FeatureMatrix ReadFeatures(int[] positions)
    {
        using var all = NpyFile.MapMatrix(paths.Features);
        var rows = new FeatureMatrix(positions.Length, all.Columns);
        for (var row = 0; row < rows.Rows; row++) all[positions[row]].CopyTo(rows[row]);
        return rows;
    }
}
