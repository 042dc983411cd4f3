using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="VicReg"/>.</summary>
public sealed record VicRegOptions
{
    /// <summary>Weight of the invariance term.</summary>
    [Description("weight of the views' mean squared difference")]
    [Range(0.0, 1e6)]
    public double InvarianceWeight { get; init; } = 25;

    /// <summary>Weight of the variance term.</summary>
    [Description(
        "weight of the hinge that keeps each dimension's deviation at 1, summed over both views (the authors' code halves that sum)")]
    [Range(0.0, 1e6)]
    public double VarianceWeight { get; init; } = 25;

    /// <summary>Weight of the covariance term.</summary>
    [Description("weight of the squared covariances of unlike dimensions, summed over both views")]
    [Range(0.0, 1e6)]
    public double CovarianceWeight { get; init; } = 1;

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
/// VICReg: embeddings of two views attract, a hinge keeps the deviation of every dimension, and dimensions are decorrelated within each
/// view. Bardes, Ponce &amp; LeCun, ICLR 2022, arXiv 2105.04906. The loss is <see cref="VicRegLoss"/>.
/// </summary>
internal sealed class VicReg : DecorrelatingObjective
{
    private readonly VicRegOptions _options;

    /// <summary>Joins an encoder, a fresh projector and the loss.</summary>
    /// <param name="training">The encoder, and two views.</param>
    /// <param name="options">Weights and projector.</param>
    public VicReg(EncoderTraining training, VicRegOptions options)
        : base("vicreg", training, options.ProjectorHidden, options.ProjectorOutput) => _options = options;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (invariance, variance, covariance) = VicRegLoss.Terms(Embed(batch, 0), Embed(batch, 1));
        return new ObjectiveLoss(
            (invariance * _options.InvarianceWeight) + (variance * _options.VarianceWeight) + (covariance * _options.CovarianceWeight),
            new Dictionary<string, Tensor>
            {
                ["invariance"] = invariance.detach(),
                ["variance"] = variance.detach(),
                ["covariance"] = covariance.detach(),
            });
    }
}
