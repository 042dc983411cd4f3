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
    public const int RawSide = 32;

    /// <summary>Training images raw pixels are taken of; beyond, an even sample stands for the set.</summary>
    public const int RawImages = 50_000;

    /// <summary>How many classes scores are measured over; 0 where nothing is scored.</summary>
    /// <param name="data">The target set, with its labels.</param>
    public static int Classes(PreparedData data) =>
        data.Evaluation is not null && LabelFiles.Splits(data) is { CanScore: true } labels ? labels.Classes : 0;

    /// <summary>Measures all of them.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images, with evaluation images among them.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="model">The same, open.</param>
    /// <param name="clustering">Its clusters.</param>
    /// <param name="summary">What the scores are added to.</param>
    /// <param name="progress">Told how many are done, and what comes next.</param>
    /// <param name="notice">Shows a line to the user.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Summary Run(
        RunOptions options,
        PackedData data,
        LabelledSplits labels,
        EncoderArtefact encoder,
        EncoderModel model,
        ClusteringArtefact clustering,
        Summary summary,
        Action<int, string> progress,
        Action<string> notice,
        CancellationToken cancellationToken)
    {
        progress(0, "raw pixels");
        summary = summary with { RawPixels = RawPixels(options, data, labels, cancellationToken) };
        progress(1, "untrained encoder");
        summary = summary with { Untrained = Untrained(options, data, labels, model.Input, cancellationToken) };
        progress(2, "encoder and clusters");
        return Encoder(options, data, labels, encoder, model, clustering, summary, notice, cancellationToken);
    }

    /// <summary>Does a part of the work of the first process, and keeps nothing.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="model">The same, open.</param>
    /// <param name="clustering">Its clusters.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Follow(
        RunOptions options,
        PackedData data,
        EncoderArtefact encoder,
        EncoderModel model,
        ClusteringArtefact clustering,
        CancellationToken cancellationToken)
    {
        var labels = LabelFiles.Splits(data.Target) ?? throw new AutodidactException(
            FailureKind.Environment,
            $"{options.Data.Source}: rank 0 has labels, and {Environment.MachineName} has none: all machines must see the same images");
        Run(options, data, labels, encoder, model, clustering, new Summary(), (_, _) => { }, _ => { }, cancellationToken);
    }

    /// <summary>The baseline that looks at pixels alone.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images, with evaluation images among them.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    private static RepresentationScores RawPixels(
        RunOptions options, PackedData data, LabelledSplits labels, CancellationToken cancellationToken)
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
            Clusters(options, data),
            Probes.Of(options),
            cancellationToken);
    }

    /// <summary>The encoder's architecture with random weights.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images, with evaluation images among them.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="input">What the encoder sees.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    private static RepresentationScores Untrained(
        RunOptions options, PackedData data, LabelledSplits labels, ModelInput input, CancellationToken cancellationToken)
    {
        using var network = Architecture.Parse(input.Architecture)
            .Create(new Seeds(options.Seed).Of(SeedStream.Encoder))
            .On(TorchDevices.Of(options.Device));
        using var bank = Features(data.Target.Train);
        using var queries = Features(data.Target.Evaluation!);
        return EncoderEvaluator.Measure(bank, queries, labels, Clusters(options, data), Probes.Of(options), cancellationToken);

        Numerics.FeatureMatrix Features(PackedImages images) => FeatureExtractor.Extract(
            network, new PlainPixels(images, input.ViewSize, input.Normalization), null, options.Evaluate.BatchSize, cancellationToken);
    }

    /// <summary>
    /// Adds the scores of the encoder and of its clusters; the encoder's stay out where the evaluation images' features are unknown.
    /// </summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images, with evaluation images among them.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="model">The same, open.</param>
    /// <param name="clustering">Its clusters.</param>
    /// <param name="summary">What they are added to.</param>
    /// <param name="notice">Shows a line to the user.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    private static Summary Encoder(
        RunOptions options,
        PackedData data,
        LabelledSplits labels,
        EncoderArtefact encoder,
        EncoderModel model,
        ClusteringArtefact clustering,
        Summary summary,
        Action<string> notice,
        CancellationToken cancellationToken)
    {
        using var queries = model.EvaluationFeatures(data.Target.Evaluation!, options.Evaluate.BatchSize, cancellationToken);
        if (queries is null)
        {
            notice("no features of the evaluation images: the encoder's own scores stay out (see pretrain.evaluation_features)");
            return summary;
        }

        var settings = Probes.Of(options);
        using var bank = encoder.ReadFeatures();
        using var centroids = clustering.ReadCentroids();
        var assigned = KMeans.Assign(queries, centroids, options.Cluster.Spherical).Assignments;
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
