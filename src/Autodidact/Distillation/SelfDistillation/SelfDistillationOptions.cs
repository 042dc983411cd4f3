using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>How the feature hint measures the distance of an exit's feature f_i from the deepest f_n.</summary>
public enum HintForm
{
    /// <summary>Sum over batch and dimensions of (f_i - f_n)^2.</summary>
    SumOfSquares,

    /// <summary>Mean over batch and dimensions of (f_i - f_n)^2: independent of batch and width.</summary>
    MeanOfSquares,

    /// <summary>Unsquared Frobenius norm of the whole batch's difference.</summary>
    Norm,
}

/// <summary>The property that an exit's features take from the encoder's.</summary>
public enum EncoderFeatureForm
{
    /// <summary>The direction of each, after a learned linear layer: <see cref="FeatureRegressionLoss"/>.</summary>
    Direction,

    /// <summary>Distances and angles within a batch: <see cref="RelationalDistillationLoss"/>.</summary>
    Relations,

    /// <summary>The matrix of similarities within a batch: <see cref="SimilarityPreservingLoss"/>.</summary>
    Similarities,

    /// <summary>
    /// How similar the image is to each of a fixed set of training images, after a learned linear layer: <see cref="CompRessLoss"/>, 1q,
    /// from features known beforehand.
    /// </summary>
    Anchors,
}

/// <summary>
/// Weights of self-distillation. With exits i = 1..n, n deepest and the only teacher (detached), the loss is deepest_hard CE(z_n, y) + sum
/// over i &lt; n of [ hard CE(z_i, y) + soft S KL(p(z_n/T) || p(z_i/T)) + hint H(f_i, f_n) ], S = T^2 or 1. Published variants are in
/// <see cref="SelfDistillationVariants"/>. What the targets y may be instead, who else may teach and what may be learned besides is off by
/// default; see docs/methods/self-distillation-options.md.
/// </summary>
public sealed partial record SelfDistillationOptions
{
    /// <summary>Weight of cross entropy on every exit but the deepest.</summary>
    [Description("weight of cross entropy with the pseudo-label on every exit but the deepest")]
    [Range(0.0, 1e6)]
    public double Hard { get; init; } = 0.7;

    /// <summary>Weight of cross entropy on the deepest exit.</summary>
    [Description("weight of cross entropy with the pseudo-label on the deepest exit")]
    [Range(0.0, 1e6)]
    public double DeepestHard { get; init; } = 1;

    /// <summary>Weight of the divergence from the deepest exit.</summary>
    [Description("weight of KL(deepest || exit)")]
    [Range(0.0, 1e6)]
    public double Soft { get; init; } = 0.3;

    /// <summary>Temperature of both sides of the divergence.</summary>
    [Description("temperature of both sides of the divergence")]
    [Range(0.01, 1000.0)]
    public double Temperature { get; init; } = 3;

    /// <summary>Whether the divergence is multiplied by T^2, which keeps its gradient independent of T (Hinton et al. 2015).</summary>
    [Description("multiply the divergence by temperature squared")]
    public bool TemperatureSquared { get; init; } = true;

    /// <summary>Weight of the feature hint.</summary>
    [Description("weight of the feature hint")]
    [Range(0.0, 1e6)]
    public double Hint { get; init; } = 0.03;

    /// <summary>Distance the hint measures.</summary>
    [Description("form of the hint: sum-of-squares, mean-of-squares or norm (unsquared)")]
    public HintForm HintForm { get; init; } = HintForm.MeanOfSquares;

    /// <summary>Whether a learned linear layer adapts f_i before the hint (journal version).</summary>
    [Description("adapt each exit's feature by a learned linear layer before the hint")]
    public bool HintAdaptation { get; init; }

    /// <summary>Number of deep exits, next to the deepest, that get no hint (the journal code skips exit n-1).</summary>
    [Description("exits next to the deepest that get no hint")]
    [Range(0, 16)]
    public int HintSkipsDeep { get; init; }

    /// <summary>
    /// Weight of what every exit's feature is to take from the encoder's feature of the whole image, mean over exits. It needs no cluster.
    /// </summary>
    [Description("weight of the distance of every exit's feature from the encoder's feature of the image")]
    [Range(0.0, 1e6)]
    public double EncoderFeature { get; init; }

    /// <summary>The property to take.</summary>
    [Description(
        "what an exit takes from the encoder's features: direction (2 - 2 cosine after a learned linear layer), relations (RKD), "
        + "similarities (similarity-preserving) or anchors (similarities to other images, as CompRess)")]
    public EncoderFeatureForm EncoderFeatureForm { get; init; }

    /// <summary>Weights within <see cref="EncoderFeatureForm.Relations"/>.</summary>
    public RelationalDistillationOptions Relations { get; init; } = new();

    /// <summary>Weight within <see cref="EncoderFeatureForm.Similarities"/>.</summary>
    public SimilarityPreservingOptions Similarities { get; init; } = new();

    /// <summary>Training images that <see cref="EncoderFeatureForm.Anchors"/> compares with; at most all of them.</summary>
    [Description("training images that encoder_feature_form=anchors compares with")]
    [Range(2, 1_000_000)]
    public int Anchors { get; init; } = 4096;

    /// <summary>Temperature of the similarities to anchors, on both sides.</summary>
    [Description("temperature of the similarities to anchors")]
    [Range(1e-4, 1e4)]
    public double AnchorTemperature { get; init; } = new CompRessOptions().Temperature;

    /// <summary>
    /// Whether cross entropy moves the classifiers alone: features then learn from the encoder's, and the clusters are only read off them.
    /// </summary>
    [Description("let cross entropy and the divergence move the classifiers alone, not the features")]
    public bool ClassifiersOnly { get; init; }

    /// <summary>
    /// The one exit that is trained, by cross entropy alone, as a compact network of its own that knows no other exit: 1 the shallowest, -1
    /// the deepest. The others stay as they began. 0 trains all of them together.
    /// </summary>
    [Description(
        "train this exit alone, by cross entropy, as a network of its own (1 the shallowest, -1 the deepest); 0 trains all together")]
    [Range(-1, 16)]
    public int OnlyExit { get; init; }

    /// <summary>Temperature-free smoothing of the pseudo-labels, which are noisy: y = (1 - s) one-hot + s / K.</summary>
    [Description("label smoothing of the pseudo-labels, 0 to 1")]
    [Range(0.0, 1.0)]
    public double LabelSmoothing { get; init; }

    /// <summary>Targets of the cross entropies.</summary>
    [Description(
        "what cross entropy aims at: hard (the cluster), soft (cosines to the centroids) or neighbours (clusters of the image "
        + "and its nearest neighbours)")]
    public TargetForm Targets { get; init; }

    /// <summary>Temperature of soft targets; towards 0 they become the nearest centroid alone.</summary>
    [Description("temperature of soft targets")]
    [Range(1e-6, 1e6)]
    public double TargetTemperature { get; init; } = new SoftAssignmentOptions().Temperature;

    /// <summary>Nearest neighbours of an image among the encoder's features; at most the number of other images counts.</summary>
    [Description("nearest neighbours of an image that targets=neighbours and confidence look at")]
    [Range(1, 1000)]
    public int Neighbours { get; init; } = 20;

    /// <summary>
    /// Exponent p of the weight of an image's cross entropies: (share of its neighbours in its own cluster)^p, 1 on the average. 0 weights
    /// all the same.
    /// </summary>
    [Description("exponent of the weight of each image's cross entropies by the share of its neighbours in its own cluster; 0 is off")]
    [Range(0.0, 100.0)]
    public double Confidence { get; init; }

    /// <summary>Further clusterings of the encoder's features, each with a head of its own on every exit during training.</summary>
    [Description("further clusterings of the encoder's features, each learned by heads of its own; 0 is off")]
    [Range(0, 16)]
    public int Clusterings { get; init; }

    /// <summary>Clusters of each further clustering in terms of the one before it.</summary>
    [Description("clusters of each further clustering, as a multiple of the one before it; at most a tenth of the images")]
    [Range(0.1, 100.0)]
    public double ClusteringGrowth { get; init; } = 2;

    /// <summary>Who teaches in the divergence.</summary>
    [Description("who teaches in the divergence: deepest (the deepest exit, the others) or ensemble (the mean of all logits, every exit)")]
    public TeacherForm Teacher { get; init; }

    /// <summary>
    /// Weight of SimCLR's loss between two views of each image, on the deepest exit's feature; the other losses are then of both views.
    /// </summary>
    [Description("weight of SimCLR's loss between two views on the deepest exit's feature; 0 is off, else a step costs twice as much")]
    [Range(0.0, 1e6)]
    public double Contrast { get; init; }

    /// <summary>Temperature of SimCLR's loss.</summary>
    [Description("temperature of SimCLR's loss")]
    [Range(0.001, 100.0)]
    public double ContrastTemperature { get; init; } = 0.2;

    /// <summary>Views of each image that a step takes.</summary>
    internal int Views => Contrast > 0 ? 2 : 1;

    internal bool NeedsNeighbours => Targets == TargetForm.Neighbours || Confidence > 0;

    internal bool NeedsEncoderFeatures =>
        (EncoderFeature > 0 && OnlyExit == 0) || Targets == TargetForm.Soft || NeedsNeighbours || Clusterings > 0;
}
