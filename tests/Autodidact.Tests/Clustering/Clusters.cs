using Autodidact.Clustering;
using Autodidact.Numerics;

namespace Autodidact.Tests.Clustering;

/// <summary>k-means that stops when the test run does.</summary>
internal static class Clusters
{
    public static KMeansResult Fit(FeatureMatrix rows, KMeansOptions options, IProgress<KMeansIteration>? progress = null) =>
        KMeans.Fit(rows, options, progress, TestContext.Current.CancellationToken);

    public static KMeansResult Fit(FeatureMatrix rows, FeatureMatrix initial, KMeansOptions options) =>
        KMeans.Fit(rows, initial, options, cancellationToken: TestContext.Current.CancellationToken);
}
