namespace Autodidact.Distillation;

/// <summary>
/// Published weightings of "Be Your Own Teacher" (Zhang et al., ICCV 2019; TPAMI 2022). The papers and their public implementations differ;
/// each variant names the code it follows, not the paper at large. Beside them, the controls: every exit without a teacher, and one exit
/// without the others.
/// </summary>
internal static class SelfDistillationVariants
{
    /// <summary>Every variant by name; <c>sssd</c> is the default of this project.</summary>
    public static IReadOnlyDictionary<string, SelfDistillationOptions> All { get; } =
        new SortedDictionary<string, SelfDistillationOptions>(StringComparer.Ordinal)
        {
            // Ours: the journal version's weights, the divergence scaled by T^2, and a hint that depends on neither batch nor width.
            ["sssd-reconstructed"] = new(),

            // The same, and how similar the encoder holds an image to others: of the candidates registered and compared in
            // benchmarks/accuracy the one the rule chose.
            ["sssd"] = new() { EncoderFeature = 3, EncoderFeatureForm = EncoderFeatureForm.Anchors },

            // The reconstruction and the encoder's features: no measured choice yet, a quarter of what they need on their own.
            ["sssd-feature"] = new() { EncoderFeature = 5 },

            // Authors' repository of the journal version: no T^2, unsquared norm after a learned layer, the exit next to the deepest
            // skipped.
            ["byot-journal"] = new() { TemperatureSquared = false, HintForm = HintForm.Norm, HintAdaptation = true, HintSkipsDeep = 1 },

            // The same group's SCAN (scalable neural networks, NeurIPS 2019).
            ["scan"] = new() { Hard = 0.5, Soft = 0.5, Hint = 5e-7, HintForm = HintForm.SumOfSquares },

            // The unofficial BYOT repository: the deepest exit's cross entropy is weighted too. Its mask of the hint (entries where either
            // feature is positive) changes nothing here, since pooled features after a ReLU are never negative.
            ["byot-unofficial"] = new() { Hard = 0.9, DeepestHard = 0.9, Soft = 0.1, Hint = 1e-6, HintForm = HintForm.SumOfSquares },

            // mmrazor: unsquared norm without adaptation, exits 1 and 2 of 4.
            ["mmrazor"] = new() { HintForm = HintForm.Norm, HintSkipsDeep = 1 },

            // Cross entropy on every exit and nothing else: deep supervision, the control.
            ["deep-supervision"] = new() { Hard = 1, Soft = 0, Hint = 0 },

            // No cluster moves a feature: every exit regresses the encoder's feature, classifiers read the pseudo-labels off. At weight 1
            // the mean over exits is too weak for the learning rate of cross entropies that are summed.
            ["encoder-feature"] = new() { Hard = 1, Soft = 0, Hint = 0, EncoderFeature = 20, ClassifiersOnly = true },

            // Relatives with the encoder as teacher: deep supervision on the pseudo-labels, and the batch's geometry from the encoder.
            ["rkd"] = new() { Hard = 1, Soft = 0, Hint = 0, EncoderFeature = 1, EncoderFeatureForm = EncoderFeatureForm.Relations },
            ["similarity-preserving"] =
                new() { Hard = 1, Soft = 0, Hint = 0, EncoderFeature = 1, EncoderFeatureForm = EncoderFeatureForm.Similarities },

            // ClusterFit (Yan et al., CVPR 2020, arXiv 1912.03330): a plain network on the pseudo-labels, the deepest exit alone.
            ["clusterfit"] = new() { Hard = 0, Soft = 0, Hint = 0, OnlyExit = -1 },
        };
}
