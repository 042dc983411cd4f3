using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="BarlowTwins"/>.</summary>
public sealed record BarlowTwinsOptions
{
    /// <summary>Weight of the off-diagonal correlations.</summary>
    [Description("weight of the correlations of unlike dimensions (lambda)")]
    [Range(0.0, 1000.0)]
    public double RedundancyWeight { get; init; } = 0.0051;

    /// <summary>Factor of the loss.</summary>
    [Description("factor of the whole loss, which is a sum over dimensions")]
    [Range(1e-6, 1e6)]
    public double LossScale { get; init; } = 1;

    /// <summary>Factor of the gradients of norms and biases.</summary>
    [Description("factor of the gradients of norms and biases: with sgd and lars the ratio of their learning rate to that of the weights")]
    [Range(0.0, 1.0)]
    public double BiasGradientScale { get; init; } = 1;

    /// <summary>Hidden size of the projector.</summary>
    [Description("size of the projector's two hidden layers")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings, whose dimensions are decorrelated")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 512;
}

/// <summary>
/// Barlow Twins: every dimension of the embedding is to agree between two views and to differ from all other dimensions. Zbontar et al.,
/// ICML 2021, arXiv 2103.03230. The loss is <see cref="BarlowTwinsLoss"/>.
/// </summary>
internal sealed class BarlowTwins : DecorrelatingObjective
{
    private readonly BarlowTwinsOptions _options;

    /// <summary>Joins an encoder, a fresh projector and the loss.</summary>
    /// <param name="training">The encoder, and two views.</param>
    /// <param name="options">Weights and projector.</param>
    public BarlowTwins(EncoderTraining training, BarlowTwinsOptions options)
        : base("barlow-twins", training, options.ProjectorHidden, options.ProjectorOutput) => _options = options;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var loss = BarlowTwinsLoss.Compute(Embed(batch, 0), Embed(batch, 1), _options.RedundancyWeight);
        return new(loss * _options.LossScale, new Dictionary<string, Tensor>());
    }

    /// <summary>
    /// A momentum step is linear in the gradient, and the optimizer neither decays nor adapts one-dimensional parameters: a factor here is
    /// one of their rate.
    /// </summary>
    /// <inheritdoc/>
    public override void BeforeStep(double progress)
    {
        if (_options.BiasGradientScale == 1) return;
        using var noGrad = no_grad();
        foreach (var parameter in Network.parameters().Where(p => p.dim() == 1)) parameter.grad?.mul_(_options.BiasGradientScale);
    }
}
