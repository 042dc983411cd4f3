using Autodidact.Artefacts;
using Autodidact.Clustering;
using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>
/// Measures what comes before the student: raw pixels, the untrained encoder, the encoder and its clusters. Runs that differ in the student
/// alone share these figures.
/// </summary>
internal static class MeasureBaselines
{
    /// <summary>Side at which raw pixels are compared.</summary>
    private const int RawSide = 32;

    /// <summary>Training images raw pixels are taken of; beyond, an even sample stands for the set.</summary>
    private const int RawImages = 50_000;

    /// <summary>The baseline that looks at pixels alone.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images, with evaluation images among them.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static RepresentationScores RawPixels(StageRun run, PackedData data, LabelledSplits labels, CancellationToken cancellationToken)
    {
        var train = data.Target.Train;
        var side = Math.Min(RawSide, Math.Min(train.Height, train.Width));
        int[] rows = EvenSample.Of([.. Enumerable.Range(0, train.Count)], RawImages);
        using var bank = RawPixelEvaluator.Features(new PlainPixels(train, side, data.TargetStatistics), rows);
        using var queries = RawPixelEvaluator.Features(new PlainPixels(data.Target.Evaluation!, side, data.TargetStatistics));
        return RawPixelEvaluator.Measure(
            bank,
            queries,
            labels with { Train = [.. rows.Select(r => labels.Train[r])] },
            Clusters(run.Options, data),
            Probes.Of(run.Options),
            cancellationToken);
    }

    /// <summary>The encoder's architecture with random weights.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images, with evaluation images among them.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="input">What the encoder sees.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static RepresentationScores Untrained(
        StageRun run, PackedData data, LabelledSplits labels, ModelInput input, CancellationToken cancellationToken)
    {
        using var network = Architecture.Parse(input.Architecture)
            .Create(run.Seeds.Of(SeedStream.Encoder))
            .On(TorchDevices.Of(run.Options.Device));
        using var bank = Features(data.Target.Train);
        using var queries = Features(data.Target.Evaluation!);
        return EncoderEvaluator.Measure(bank, queries, labels, Clusters(run.Options, data), Probes.Of(run.Options), cancellationToken);

        Numerics.FeatureMatrix Features(PackedImages images) => FeatureExtractor.Extract(
            network, new PlainPixels(images, input.ViewSize, input.Normalization), null, run.Options.Evaluate.BatchSize, cancellationToken);
    }

    /// <summary>
    /// Adds the scores of the encoder and of its clusters; the encoder's stay out where the evaluation images' features are unknown.
    /// </summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images, with evaluation images among them.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="model">The same, open.</param>
    /// <param name="clustering">Its clusters.</param>
    /// <param name="summary">What they are added to.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Summary Encoder(
        StageRun run,
        PackedData data,
        LabelledSplits labels,
        EncoderArtefact encoder,
        EncoderModel model,
        ClusteringArtefact clustering,
        Summary summary,
        CancellationToken cancellationToken)
    {
        using var queries = model.EvaluationFeatures(data.Target.Evaluation!, run.Options.Evaluate.BatchSize, cancellationToken);
        if (queries is null)
        {
            run.Notice("no features of the evaluation images: the encoder's own scores stay out (see pretrain.evaluation_features)");
            return summary;
        }

        var settings = Probes.Of(run.Options);
        using var bank = encoder.ReadFeatures();
        using var centroids = clustering.ReadCentroids();
        var assigned = KMeans.Assign(queries, centroids, run.Options.Cluster.Spherical).Assignments;
        var clusters = ClusterEvaluator.Measure(clustering.Assignments, assigned, centroids.Rows, labels);
        var probes = EncoderEvaluator.Measure(bank, queries, labels, settings, cancellationToken);
        var accuracy = clusters.Accuracy ?? ClusterProbe.Accuracy(bank, queries, labels, settings, cancellationToken);
        return summary with
        {
            Pretrain = (summary.Pretrain ?? new PretrainSummary()) with { Scores = probes with { Accuracy = accuracy } },
            Cluster = (summary.Cluster ?? new ClusterSummary()) with { Scores = clusters },
        };
    }

    private static int Clusters(RunOptions options, PackedData data) =>
        ClusterFeatures.ClusterCount(options.Cluster, data.Target.Train.Count);
}
