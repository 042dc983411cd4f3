using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="EmpSsl"/>.</summary>
public sealed record EmpSslOptions
{
    /// <summary>Ordinary views of an image, 2 or more.</summary>
    [Description("ordinary views of an image; published are 20 of a quarter of it (views.crop_scale and crop_scale_max of 0.25)")]
    [Range(2, 256)]
    public int Views { get; init; } = 4;

    /// <summary>Weight of the similarity, beside a coding rate of weight 1.</summary>
    [Description("weight of the similarity of an image's views to their mean, beside a coding rate of weight 1")]
    [Range(0.0, 1e6)]
    public double SimilarityWeight { get; init; } = 200;

    /// <summary>Distortion up to which the coding rate codes: the paper's epsilon squared.</summary>
    [Description("distortion of the coding rate (the paper's epsilon squared)")]
    [Range(1e-6, 1e6)]
    public double Distortion { get; init; } = 0.2;

    /// <summary>Hidden size of the projector.</summary>
    [Description("size of the projector's two hidden layers")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings, which are to span their space")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 128;
}

/// <summary>
/// EMP-SSL: many views of each image go to their mean, while the embeddings of each view's batch are to span their space. Tong, Chen, Ma
/// &amp; LeCun, arXiv 2304.03977. The loss is <see cref="EmpSslLoss"/>; all views of one size go through the encoder in one pass, as in the
/// authors' code.
/// </summary>
internal sealed class EmpSsl : EncoderObjective
{
    private readonly EmpSslOptions _options;
    private readonly ProjectionHead _projector;

    /// <summary>Joins an encoder, a fresh projector and the loss.</summary>
    /// <param name="training">The encoder; ordinary views of one size, and local ones of another if wanted.</param>
    /// <param name="options">Number of ordinary views, the loss and the projector.</param>
    public EmpSsl(EncoderTraining training, EmpSslOptions options)
        : base("emp-ssl", training)
    {
        _options = options;
        _projector = Beside(
            "projector",
            new ProjectionHead(Encoder.FeatureSize, [options.ProjectorHidden, options.ProjectorHidden, options.ProjectorOutput]));
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var embeddings = batch.Gather(_projector.call(MultiCrop.Encode(Encoder, batch.Views, _options.Views)));
        var (similarity, rate) = EmpSslLoss.Terms(embeddings, batch.Views.ViewCount, _options.Distortion);
        return new ObjectiveLoss(
            -(similarity * _options.SimilarityWeight) - rate,
            new Dictionary<string, Tensor> { ["similarity"] = similarity.detach(), ["coding_rate"] = rate.detach() });
    }
}
