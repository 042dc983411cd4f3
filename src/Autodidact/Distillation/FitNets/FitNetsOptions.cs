using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>How <see cref="FitNetsLoss"/> reduces the squared differences.</summary>
public enum FitNetsForm
{
    /// <summary>Mean over batch and dimensions: independent of the feature's size, as in the CRD benchmark.</summary>
    MeanOfSquares,

    /// <summary>Half the squared distance of each image's features, mean over the batch, as in the paper.</summary>
    HalfSquaredDistance,
}

/// <summary>
/// Settings of <see cref="FitNetsLoss"/> and <see cref="FitNets"/>; the form is that of the CRD benchmark (Tian et al., ICLR 2020). Its
/// weight of 100 is for a hint beside a cross entropy; here the hint is trained alone, where a weight is a factor of the learning rate.
/// </summary>
public sealed record FitNetsOptions
{
    /// <summary>Weight of the hint.</summary>
    [Description("weight of the hint")]
    [Range(0.0, 1e6)]
    public double Weight { get; init; } = 1;

    /// <summary>How squared differences are reduced.</summary>
    [Description("form of the hint: mean-of-squares or half-squared-distance")]
    public FitNetsForm Form { get; init; } = FitNetsForm.MeanOfSquares;

    /// <summary>Stage whose maps are compared, from 1, in the student and in the teacher.</summary>
    [Description("stage whose map is guided by the teacher's, from 1, the shallowest")]
    [Range(1, 16)]
    public int HintStage { get; init; } = 2;

    /// <summary>
    /// Share of the steps that train the student up to that stage, on the hint alone; the rest is knowledge distillation.
    /// </summary>
    [Description("share of the steps on the hint alone; the rest is knowledge distillation by distill.kd")]
    [Range(0.0, 0.99)]
    public double HintFraction { get; init; } = 0.3;
}
