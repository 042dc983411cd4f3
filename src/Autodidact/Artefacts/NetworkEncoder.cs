using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Numerics;
using TorchSharp;

namespace Autodidact.Artefacts;

/// <summary>An encoder that is a network of ours, in <c>encoder.safetensors</c>: the file names its architecture and its input.</summary>
internal sealed class NetworkEncoder : EncoderModel
{
    /// <summary>Marks an encoder file of a method that trained on labels.</summary>
    private const string LabelsKey = "uses_labels";

    private readonly Backbone _network;

    private NetworkEncoder(Backbone network, ModelInput input) => (_network, Input) = (network, input);

    /// <inheritdoc/>
    public override (Backbone Network, ModelInput Input)? Trained => (_network, Input);

    /// <inheritdoc/>
    public override ModelInput Input { get; }

    /// <summary>Opens a file, in the architecture that it names.</summary>
    /// <param name="file">The file.</param>
    /// <param name="fallback">Stands for what the file does not say.</param>
    /// <param name="device">Where it is to lie; null is the CPU.</param>
    /// <exception cref="AutodidactException">It holds no network that can be read; kind Data.</exception>
    public static NetworkEncoder Open(string file, ModelInput fallback, torch.Device? device = null)
    {
        var input = InputOf(file, fallback);
        var network = Architecture.Parse(input.Architecture).Create(seed: 0);
        try
        {
            EncoderFile.Load(network, file);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        return new NetworkEncoder(network.On(device), input);
    }

    /// <summary>Input of the encoder of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="fallback">Stands for what the file does not say.</param>
    public static ModelInput InputOf(string file, ModelInput fallback) =>
        ModelInput.FromMetadata(EncoderFile.Describe(file).Metadata, fallback, file);

    /// <summary>Whether a file says that its encoder was trained on labels.</summary>
    /// <param name="file">The file.</param>
    public static bool UsesLabels(string file) => EncoderFile.Describe(file).Metadata.ContainsKey(LabelsKey);

    /// <summary>Writes a network.</summary>
    /// <param name="file">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="input">What it sees.</param>
    /// <param name="usesLabels">Whether it was trained on labels, which the file then says.</param>
    public static void Save(string file, Backbone network, ModelInput input, bool usesLabels)
    {
        var metadata = input.ToMetadata();
        if (usesLabels) metadata[LabelsKey] = "true";
        ModuleStore.Save(network, file, metadata);
    }

    /// <inheritdoc/>
    public override FeatureMatrix TrainFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        Features(images, batchSize, cancellationToken);

    /// <inheritdoc/>
    public override FeatureMatrix? EvaluationFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        Features(images, batchSize, cancellationToken);

    /// <inheritdoc/>
    public override void Dispose() => _network.Dispose();

    private FeatureMatrix Features(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        FeatureExtractor.Extract(
            _network, new PlainPixels(images, Input.ViewSize, Input.Normalization), null, batchSize, cancellationToken);
}
