namespace Autodidact.Metrics;

/// <summary>
/// Health of embeddings, measured without labels. Collapse shows as a standard deviation near 0, an effective rank near 1 and a uniformity
/// near 0.
/// </summary>
/// <param name="MeanStandardDeviation">
/// Mean over dimensions of the standard deviation of the L2-normalised embeddings (Chen and He, SimSiam, 2011.10566). Embeddings spread
/// evenly over the sphere have 1/sqrt(dimensions); collapsed ones 0.
/// </param>
/// <param name="SmallestStandardDeviation">The least of these standard deviations: a dead dimension shows here.</param>
/// <param name="EffectiveRank">
/// exp of the entropy of the singular values, scaled to sum to 1, of the matrix of L2-normalised embeddings, not centred (Roy and Vetterli,
/// EUSIPCO 2007): 1 where all point the same way, up to the number of dimensions.
/// </param>
/// <param name="Uniformity">
/// log mean exp(-2 |x - y|^2) over all pairs of different images (Wang and Isola, 2005.10242, t = 2): 0 collapsed, about -4 uniform.
/// </param>
/// <param name="Alignment">
/// Mean squared distance of two views of an image (Wang and Isola, alpha = 2), 0 to 4; absent where only one view was given.
/// </param>
internal sealed record RepresentationStatistics(
    double MeanStandardDeviation,
    double SmallestStandardDeviation,
    double EffectiveRank,
    double Uniformity,
    double? Alignment);
