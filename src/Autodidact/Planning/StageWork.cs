using Autodidact.Configuration;

namespace Autodidact.Planning;

/// <summary>Seconds of the work of a stage that trains nothing, on all cores of this machine.</summary>
/// <param name="Forward">Forward passes over images, which ranks divide among themselves.</param>
/// <param name="Products">Products of features, for k-means, k-NN and probes.</param>
/// <param name="Alone">What one process does however many there are.</param>
internal readonly record struct StageWork(double Forward, double Products, double Alone)
{
    /// <summary>
    /// Passes of k-means over the rows until a start ends. With distance bounds, later passes cost less than the first; counted are first
    /// ones. Observed on the data sets of the benchmarks.
    /// </summary>
    private const double ClusterPasses = 15;

    /// <summary>Iterations of a probe until it has converged; observed on the data sets of the benchmarks.</summary>
    private const double ProbeIterations = 50;

    /// <summary>Most training images whose raw pixels are compared.</summary>
    private const int MostRawImages = Stages.MeasureBaselines.RawImages;

    /// <summary>Seconds of all.</summary>
    public double Total => Forward + Products + Alone;

    /// <summary>The work of clustering.</summary>
    /// <param name="shape">The run.</param>
    /// <param name="options">Its options.</param>
    /// <param name="rates">What this machine needs.</param>
    public static StageWork Clustering(RunShape shape, ClusterOptions options, WorkRates rates) => new(
        shape.TargetImages * rates.Encoder,
        options.Restarts * ClusterPasses * shape.TargetImages * rates.Cluster.At(shape.EncoderFeature),
        0);

    /// <summary>The work of measuring.</summary>
    /// <param name="shape">The run.</param>
    /// <param name="rates">What this machine needs.</param>
    public static StageWork Measuring(RunShape shape, WorkRates rates)
    {
        double all = shape.TargetImages + shape.EvaluationImages;
        var speeds = (shape.Exits + 1) * rates.Speed;
        if (shape.Classes == 0)
        {
            return new StageWork((shape.EvaluationImages + shape.HeldOutImages) * rates.Student, 0, speeds);
        }

        var raw = Math.Min(MostRawImages, shape.TargetImages);
        var products = Scores(raw, shape.RawPixels, true)
            + Scores(shape.TargetImages, shape.EncoderFeature, true)
            + Scores(shape.TargetImages, shape.EncoderFeature, false)
            + (shape.Exits * Scores(shape.TargetImages, shape.StudentFeature, false))
            + Scores(shape.TargetImages, shape.Exits * shape.StudentFeature, false);
        return new StageWork(
            (all * rates.Encoder) + (shape.EvaluationImages * rates.Encoder) + ((all + shape.HeldOutImages) * rates.Student),
            products,
            speeds);

        double Scores(double rows, double columns, bool clustered) =>
            (rows * shape.EvaluationImages * rates.Neighbour.At(columns))
            + (ProbeIterations * rows * rates.Probe.At(columns))
            + (clustered ? ClusterPasses * rows * rates.Cluster.At(columns) : 0)
            + (clustered && shape.Clusters == shape.Classes ? 0 : ClusterPasses * rows * rates.ClassCluster.At(columns));
    }

    /// <summary>Seconds where processes share the work.</summary>
    /// <param name="processes">How many, each with as many cores as were measured with.</param>
    public double On(int processes) => ((Forward + Products) / processes) + Alone;
}
