using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Models;
using Autodidact.Training;
using Autodidact.Views;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="SimClr"/>.</summary>
public sealed record SimClrOptions
{
    /// <summary>Temperature of the loss.</summary>
    [Description("temperature of the contrastive loss")]
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Hidden size of the projector.</summary>
    [Description("hidden size of the projector")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Whether the projector's hidden layer is batch-normalised.</summary>
    [Description("batch-normalise the projector's hidden layer")]
    public bool ProjectorNorm { get; init; } = true;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings the loss compares")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 128;
}

/// <summary>
/// SimCLR: two augmented views of each image attract, all other images of the batch repel. Chen, Kornblith, Norouzi &amp; Hinton, ICML 2020,
/// arXiv 2002.05709. The loss is <see cref="NtXentLoss"/>; both views go through the encoder in one pass, so batch norm sees them together.
/// </summary>
public sealed class SimClr : IObjective
{
    private readonly SimClrOptions _options;
    private readonly Func<double, ViewSpec> _views;
    private readonly EncoderWithProjector _network;

    /// <summary>Joins an encoder, a fresh projector and the loss.</summary>
    /// <param name="encoder">The encoder to train; the objective takes it over, and disposes it.</param>
    /// <param name="options">Temperature and projector.</param>
    /// <param name="views">Two views of one size, as a function of the training's progress.</param>
    /// <param name="seed">Seed of the projector's weights.</param>
    public SimClr(Backbone encoder, SimClrOptions options, Func<double, ViewSpec> views, ulong seed)
    {
        _options = options;
        _views = views;
        random.manual_seed((long)(seed & long.MaxValue));
        _network = new EncoderWithProjector(encoder, new ProjectionHead(encoder.FeatureSize, options.ProjectorHidden, options.ProjectorOutput, options.ProjectorNorm));
    }

    /// <inheritdoc/>
    public string Name => "simclr";

    /// <inheritdoc/>
    public nn.Module Network => _network;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterGroup> ParameterGroups => [ParameterGroup.Of(_network)];

    /// <inheritdoc/>
    public ViewSpec Views(double progress) => _views(progress);

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, double progress) =>
        new(NtXentLoss.Compute(_network.call(batch.Views.All), _options.Temperature), new Dictionary<string, Tensor>());

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
