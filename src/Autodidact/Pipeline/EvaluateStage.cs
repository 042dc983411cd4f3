using System.Diagnostics;
using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Serialization;
using TorchSharp;

namespace Autodidact.Pipeline;

/// <summary>
/// Measures everything a run made, once, on images no choice was made on. Probes and cluster maps are fitted on training images and applied to the
/// evaluation images. Leaves <c>predictions.npy</c> and <c>summary.json</c>.
/// </summary>
internal sealed class EvaluateStage : IStage
{
    /// <summary>Side at which raw pixels are compared.</summary>
    private const int RawSide = 32;

    /// <summary>Training images raw pixels are taken of; beyond, an even sample stands for the set.</summary>
    private const int RawImages = 50_000;

    /// <summary>Multiply-accumulates of a batch that speed is measured on: a tenth of a second or so.</summary>
    private const long MacsTimed = 5_000_000_000;

    private const int Steps = 5;

    public static EvaluateStage Instance { get; } = new();

    public string Fingerprint(RunContext context) => context.Fingerprint(
        Stage.Evaluate,
        context.Options.Evaluate,
        [DistillStage.Instance.Fingerprint(context), .. EvaluationInputs(context)]);

    /// <summary>What is measured on.</summary>
    public static string[] EvaluationInputs(RunContext context) =>
    [
        context.Target.Evaluation?.Fingerprint ?? "",
        context.Options.Data.Labels,
        Path.GetFileName(context.Target.TrainLabelsPath), // names with a digest of the content
        Path.GetFileName(context.Target.EvaluationLabelsPath) ?? "",
    ];

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        context.Tell(new StageStarted(Stage.Evaluate, "measuring", Steps));
        var evaluation = context.Target.Evaluation;
        var labels = LabelFiles.Splits(context.Target);
        var scored = evaluation is not null && labels is { CanScore: true };
        using var encoder = RunEncoder.Load(context);
        var input = encoder.Input;
        var measured = Baselines.Measured(context);
        var summary = context.Summary with { Data = DataOf(context, labels) };
        if (!measured) summary = summary.WithoutBaselines();
        if (scored && !measured)
        {
            var clock = Stopwatch.StartNew();
            Step(context, 0, "raw pixels");
            summary = summary with { RawPixels = RawPixels(context, evaluation!, labels!, cancellationToken) };
            Step(context, 1, "untrained encoder");
            using (var untrained = Architecture.Parse(input.Architecture).Create(context.SeedOf(SeedStream.Encoder)))
            {
                summary = summary with { Untrained = Probe(context, untrained, input, evaluation!, labels!, cancellationToken) };
            }

            Step(context, 2, "encoder and clusters");
            summary = Encoder(context, encoder, evaluation!, labels!, summary, cancellationToken);
            context.Summary = summary;
            Baselines.Complete(context, clock.Elapsed);
        }

        Step(context, 3, "student");
        summary = summary with { Exits = Exits(context, input, evaluation, scored ? labels : null, cancellationToken) };
        summary = summary with
        {
            Seconds = new SecondsSummary { Total = context.TotalSeconds() },
            PeakMemoryMb = PeakMemory.OfProcess,
        };
        context.Summary = summary;
        return new StageOutcome([.. evaluation is null ? [] : new[] { context.Paths.Predictions }], scored ? "all scores measured" : "no labels: agreement and costs measured");
    }

    private static void Step(RunContext context, int step, string what) =>
        context.Tell(new StageProgress(Stage.Evaluate, step, Steps, what, null));

    private static DataSummary DataOf(RunContext context, LabelledSplits? labels) => new()
    {
        PretrainImages = context.PretrainPositions.Length,
        TrainImages = context.TrainPositions.Length,
        EvalImages = context.Target.Evaluation?.Count,
        HoldoutImages = context.HeldOutPositions.Length,
        Skipped = context.Target.Skipped.Count + (ReferenceEquals(context.Target, context.PretrainData) ? 0 : context.PretrainData.Skipped.Count),
        Duplicates = context.Target.Duplicates,
        Labelled = labels is { CanScore: true },
        Classes = labels?.Classes,
    };

    private static RepresentationScores RawPixels(RunContext context, PackedImages evaluation, LabelledSplits labels, CancellationToken cancellationToken)
    {
        var train = context.Target.Train;
        var side = Math.Min(RawSide, Math.Min(train.Height, train.Width));
        var normalization = PixelStatistics.Measure(train);
        var count = Math.Min(RawImages, train.Count);
        var rows = Enumerable.Range(0, count).Select(i => (int)((long)i * train.Count / count)).ToArray();
        using var bank = RawPixelEvaluator.Features(new PlainPixels(train, side, normalization), rows);
        using var queries = RawPixelEvaluator.Features(new PlainPixels(evaluation, side, normalization));
        return RawPixelEvaluator.Measure(
            bank, queries, labels with { Train = [.. rows.Select(r => labels.Train[r])] }, ClustersOf(context), Probes(context), cancellationToken);
    }

    private static RepresentationScores Probe(
        RunContext context,
        Backbone network,
        ModelInput input,
        PackedImages evaluation,
        LabelledSplits labels,
        CancellationToken cancellationToken)
    {
        using var bank = Features(context, network, input, context.Target.Train, cancellationToken);
        using var queries = Features(context, network, input, evaluation, cancellationToken);
        return EncoderEvaluator.Measure(bank, queries, labels, ClustersOf(context), Probes(context), cancellationToken);
    }

    private static Summary Encoder(
        RunContext context,
        RunEncoder encoder,
        PackedImages evaluation,
        LabelledSplits labels,
        Summary summary,
        CancellationToken cancellationToken)
    {
        using var queries = encoder.EvaluationFeatures(evaluation, cancellationToken);
        if (queries is null)
        {
            context.Notice("no features of the evaluation images: the encoder's own scores stay out (see pretrain.evaluation_features)");
            return summary;
        }

        using var bank = NpyFile.ReadMatrix(context.Paths.Features);
        using var centroids = ClusterStage.ReadCentroids(context.Paths.Clusters);
        var assignments = ClusterStage.ReadAssignments(context.Paths.Clusters);
        var assigned = KMeans.Assign(queries, centroids, context.Options.Cluster.Spherical).Assignments;
        var clusters = ClusterEvaluator.Measure(assignments, assigned, centroids.Rows, labels);
        var probes = EncoderEvaluator.Measure(bank, queries, labels, Probes(context), cancellationToken);
        var accuracy = clusters.Accuracy ?? ClusterProbe.Accuracy(bank, queries, labels, Probes(context), cancellationToken);
        return summary with
        {
            Pretrain = (summary.Pretrain ?? new PretrainSummary()) with { Scores = probes with { Accuracy = accuracy } },
            Cluster = (summary.Cluster ?? new ClusterSummary()) with { Scores = clusters },
        };
    }

    private static IReadOnlyList<ExitSummary> Exits(
        RunContext context,
        ModelInput encoderInput,
        PackedImages? evaluation,
        LabelledSplits? labels,
        CancellationToken cancellationToken)
    {
        var (student, input) = DistillStage.LoadStudent(context, encoderInput);
        using var studentScope = student;
        var only = context.Options.Distill.OnlyExit(student.ExitCount);
        if (only is { } trained) context.Notice($"only exit {trained + 1} was trained: nothing is measured of the others");
        var holdout = context.HeldOutPositions.Length == 0 ? null : Outputs(context, student, input, context.Target.Train, context.HeldOutPositions, cancellationToken);
        IReadOnlyList<ExitSummary> rows;
        using (holdout)
        {
            if (evaluation is null)
            {
                // Without evaluation images the held-out ones still tell how far the exits agree.
                rows = holdout is null ? [] : ExitEvaluator.Measure(holdout, holdout, holdout.Logits, null, Probes(context), only, cancellationToken);
            }
            else
            {
                using var queries = Outputs(context, student, input, evaluation, null, cancellationToken);
                WritePredictions(context.Paths.Predictions, queries);
                using var bank = labels is null ? null : Outputs(context, student, input, context.Target.Train, null, cancellationToken);
                rows = ExitEvaluator.Measure(bank ?? queries, queries, holdout?.Logits, labels, Probes(context), only, cancellationToken);
            }
        }

        Step(context, 4, "speed");
        return Costs(student, input.ViewSize, rows, cancellationToken);
    }

    private static IReadOnlyList<ExitSummary> Costs(MultiExitNetwork student, int size, IReadOnlyList<ExitSummary> rows, CancellationToken cancellationToken)
    {
        var costs = ModelCost.OfExits(student, size).Append(ModelCost.OfAll(student, size)).ToArray();

        // One batch size for all rows, so that they compare; a full one would take a large network minutes a row.
        var speed = new ThroughputOptions();
        speed = speed with { BatchSize = (int)Math.Clamp(MacsTimed / costs[^1].Macs, 1, speed.BatchSize) };
        var names = Enumerable.Range(1, student.ExitCount).Select(i => $"{i}").Append(ExitSummary.Ensemble).ToArray();
        return
        [
            .. names.Select((name, i) => (rows.FirstOrDefault(r => r.Exit == name) ?? new ExitSummary { Exit = name }) with
            {
                Parameters = costs[i].Parameters,
                Macs = costs[i].Macs,
                ImagesPerSecond = ThroughputMeter.ImagesPerSecond(
                    student,
                    images =>
                    {
                        if (i < student.ExitCount)
                        {
                            student.ForwardTo(images, i);
                        }
                        else
                        {
                            student.forward(images);
                        }
                    },
                    size,
                    speed,
                    cancellationToken),
            }),
        ];
    }

    /// <summary>Answers of every exit and the ensemble: int32 [images, exits + 1].</summary>
    private static void WritePredictions(string path, ExitData data)
    {
        using var mean = ExitEnsemble.MeanLogits(data.Logits);
        var answers = data.Logits.Append(mean).Select(ExitEnsemble.Answers).ToArray();
        var images = answers[0].Length;
        var table = new int[images * answers.Length];
        for (var image = 0; image < images; image++)
        {
            for (var exit = 0; exit < answers.Length; exit++)
            {
                table[(image * answers.Length) + exit] = answers[exit][image];
            }
        }

        NpyFile.Write(path, table, images, answers.Length);
    }

    private static FeatureMatrix Features(RunContext context, Backbone network, ModelInput input, IImageSet images, CancellationToken cancellationToken) =>
        FeatureExtractor.Extract(network, new PlainPixels(images, input.ViewSize, input.Normalization), null, context.Options.Evaluate.BatchSize, cancellationToken);

    /// <summary>Features and logits of every exit for images of a set; null positions are all.</summary>
    public static ExitData Outputs(
        RunContext context,
        MultiExitNetwork student,
        ModelInput input,
        IImageSet images,
        int[]? positions,
        CancellationToken cancellationToken) => ExitData.FromOutputs(FeatureExtractor.ExtractAll(
            student,
            x =>
            {
                var outputs = student.forward(x);
                return [.. outputs.Features, .. outputs.Logits];
            },
            new PlainPixels(images, input.ViewSize, input.Normalization),
            positions,
            context.Options.Evaluate.BatchSize,
            cancellationToken));

    private static ProbeOptions Probes(RunContext context) => new()
    {
        Knn = context.Options.Evaluate.Knn,
        Linear = context.Options.Evaluate.Linear,
        Spherical = context.Options.Cluster.Spherical,
        Threads = context.Options.Threads,
        Seed = context.SeedOf(SeedStream.Evaluate),
    };

    private static int ClustersOf(RunContext context) => ClusterStage.Clusters(context.Options.Cluster, context.Target.Train.Count);
}
