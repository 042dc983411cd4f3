using Autodidact.Models;
using Autodidact.Options;
using Autodidact.Training;

namespace Autodidact.Distillation;

/// <summary>
/// Defines self-distillation: one method by many names, each of which stands for weights that somebody published or measured.
/// </summary>
internal static class SelfDistillationMethod
{
    /// <summary>Options of all variants: <c>distill.loss.*</c>.</summary>
    public static OptionGroup Group { get; } = new("loss", SelfDistillationVariants.All["sssd"]);

    /// <summary>Variants on pseudo-labels.</summary>
    public static IReadOnlyList<DistillMethod> Variants { get; } =
    [
        Variant(
            "sssd",
            "self-distillation on pseudo-labels and on similarities to anchors from the encoder, "
            + "this project's weights (after Chen & Chu, WACV 2023)"),
        Variant(
            "sssd-reconstructed",
            "self-distillation on pseudo-labels alone, this project's weights (Chen & Chu, WACV 2023, reconstructed)"),
        Variant(
            "sssd-feature",
            "sssd-reconstructed, and every exit regresses the encoder's feature by its direction"),
        Variant(
            "byot-journal",
            "as the authors' journal code has it (Zhang et al., TPAMI 2022): separable branches with attention, "
            + "no T^2, adapted norm hint") with
            {
                Branch = BranchDesign.Separable,
                Attention = true,
            },
        Variant(
            "scan",
            "as the same group's scalable networks have it (Zhang et al., NeurIPS 2019): bottleneck branches with attention") with
            {
                Branch = BranchDesign.Bottleneck,
                Attention = true,
            },
        Variant(
            "byot-unofficial",
            "as the widely used unofficial code of 'Be Your Own Teacher' has it (Zhang et al., ICCV 2019): bottleneck branches") with
            {
                Branch = BranchDesign.Bottleneck,
                Attention = false,
            },
        Variant(
            "mmrazor",
            "weights of mmrazor's 'Be Your Own Teacher'"),
        Variant(
            "deep-supervision",
            "cross entropy on every exit and nothing else: the control"),
        Variant(
            "encoder-feature",
            "every exit regresses the encoder's feature by its direction; classifiers alone learn the pseudo-labels"),
        Variant(
            "rkd",
            "deep supervision, and distances and angles within a batch from the encoder, "
            + "or a student (distill.teacher) (Park et al., CVPR 2019)") with
            {
                TakesTeacher = true,
            },
        Variant(
            "similarity-preserving",
            "deep supervision, and similarities within a batch from the encoder, "
            + "or a student (distill.teacher) (Tung & Mori, ICCV 2019)") with
            {
                TakesTeacher = true,
            },
        Variant(
            "clusterfit",
            "cross entropy on the deepest exit alone (Yan et al., CVPR 2020); "
            + "distill.loss.only_exit=N trains another exit as a network of its own"),
    ];

    /// <summary>Upper bounds: the same on labels.</summary>
    public static IReadOnlyList<DistillMethod> UpperBounds { get; } =
    [
        Variant(
            "supervised",
            "upper bound: as clusterfit, on labels in place of pseudo-labels",
            "clusterfit") with { UsesLabels = true, OwnClusters = true },
        Variant(
            "supervised-self-distillation",
            "upper bound: as sssd-reconstructed, on labels in place of pseudo-labels",
            "sssd-reconstructed") with { UsesLabels = true, OwnClusters = true },
    ];

    private static DistillMethod Variant(string name, string description, string? weights = null) =>
        DistillMethod.Of<SelfDistillationOptions>(
            name, description, Group, Create) with
        {
            Loss = SelfDistillationVariants.All[weights ?? name],
        };

    private static IObjective Create(DistillSetup setup, SelfDistillationOptions options)
    {
        using var features = options.NeedsEncoderFeatures ? setup.Teachers.EncoderFeatures() : null;
        using var centroids = options.Targets == TargetForm.Soft ? setup.Teachers.Centroids() : null;
        return SelfDistillation.Of(setup.Training(options.Views), options, features, centroids);
    }
}
