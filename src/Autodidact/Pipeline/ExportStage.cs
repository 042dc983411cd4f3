using System.Globalization;
using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>Makes the run's student and encoder into an ONNX model in <c>model/</c>, with thresholds chosen on the held-out images. Only <c>export</c> asks for it.</summary>
internal sealed class ExportStage : IStage
{
    public static ExportStage Instance { get; } = new();

    /// <summary>Thresholds of the summary's early-exit rows: the same for every exit.</summary>
    private static readonly double[] CommonThresholds = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

    public string Fingerprint(RunContext context) => context.Fingerprint(Stage.Export, context.Options.Export, DistillStage.Instance.Fingerprint(context));

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Export;
        context.Tell(new StageStarted(Stage.Export, "writing ONNX graphs and checking them", 0));
        var (encoder, encoderInput) = PretrainStage.LoadEncoder(context.Paths.Encoder, PretrainStage.Input(context));
        using var encoderScope = encoder;
        var (student, studentInput) = DistillStage.LoadStudent(context, encoderInput);
        using var studentScope = student;
        var images = context.Target.Train;
        var samples = context.HeldOutPositions.Length > 0 ? context.HeldOutPositions : context.TrainPositions;
        var source = new ExportSource
        {
            Student = student,
            StudentInput = new GraphInput(images.Height, studentInput.ViewSize, studentInput.Normalization, options.Preprocessing),
            Encoder = encoder,
            EncoderInput = new GraphInput(images.Height, encoderInput.ViewSize, encoderInput.Normalization, options.Preprocessing),
            Manifest = Manifest(context, student, studentInput, encoder, encoderInput, cancellationToken),
            Images = images,
            Samples = Observers.Spread(samples, options.CheckImages),
        };
        var worst = ModelExporter.Export(source, context.Paths.Model, cancellationToken);
        return new StageOutcome(
            [.. Directory.GetFiles(context.Paths.Model)],
            FormattableString.Invariant($"{context.Paths.Model}: {student.ExitCount} exits, outputs within {worst:0.0e+0} of the trained network"));
    }

    private static ModelManifest Manifest(
        RunContext context, MultiExitNetwork student, ModelInput studentInput, Backbone encoder, ModelInput encoderInput, CancellationToken cancellationToken)
    {
        var options = context.Options.Export;
        var costs = ModelCost.OfExits(student, studentInput.ViewSize);
        var trunks = ModelCost.OfStages(student.Backbone, studentInput.ViewSize);
        var branches = costs.Select((c, exit) => c.Macs - trunks[exit].Macs).ToArray();
        var asked = branches.Select((_, exit) => trunks[exit].Macs + branches[..(exit + 1)].Sum()).ToArray();
        var temperatures = Enumerable.Repeat(1.0, student.ExitCount).ToArray();
        IReadOnlyList<TradeOff> tradeOffs = [];
        var thresholds = temperatures;
        if (context.HeldOutPositions.Length > 0)
        {
            using var outputs = EvaluateStage.Outputs(context, student, studentInput, context.Target.Train, context.HeldOutPositions, cancellationToken);
            temperatures = EarlyExitChooser.Temperatures(outputs.Logits);
            var confidences = outputs.Logits.Select((l, exit) => EarlyExitChooser.Confidences(l, temperatures[exit])).ToArray();
            var answers = outputs.Logits.Select(ExitEnsemble.Answers).ToArray();
            tradeOffs = EarlyExitChooser.TradeOffs(confidences, answers, asked);
            thresholds = [.. Chosen(tradeOffs, options).Thresholds];
            context.Summary = context.Summary with
            {
                EarlyExit =
                [
                    .. CommonThresholds.Select(t => (Threshold: t, Point: EarlyExitChooser.Measure([.. Enumerable.Repeat(t, answers.Length)], confidences, answers, asked)))
                        .Select(p => new EarlyExitSummary { Threshold = p.Threshold, Agreement = p.Point.Agreement, MeanMacs = p.Point.MeanMacs }),
                ],
            };
        }
        else
        {
            context.Notice("no held-out images: temperatures and thresholds stay at 1, so the deepest exit answers all (see --holdout)");
        }

        var exits = context.Summary.Exits ?? [];
        return new ModelManifest
        {
            Architecture = studentInput.Architecture,
            Precision = "float32",
            Input = Input(context, studentInput, ModelExporter.PreprocessingFile),
            Encoder = new ManifestEncoder(
                encoderInput.Architecture, ModelExporter.EncoderFile, encoder.FeatureSize, Input(context, encoderInput, ModelExporter.EncoderPreprocessingFile)),
            FeatureSize = student.FeatureSize,
            Clusters = student.Options.Outputs,
            Names = Names(context, student.Options.Outputs),
            Exits =
            [
                .. Enumerable.Range(0, student.ExitCount).Select(exit => (Exit: exit, Measured: exits.FirstOrDefault(e => e.Exit == Number(exit))))
                    .Select(e => new ManifestExit
                    {
                        Exit = e.Exit + 1,
                        StageFile = ModelExporter.StageFile(e.Exit),
                        ModelFile = ModelExporter.ModelFile(e.Exit),
                        Parameters = costs[e.Exit].Parameters,
                        Macs = costs[e.Exit].Macs,
                        BranchMacs = branches[e.Exit],
                        Temperature = temperatures[e.Exit],
                        Threshold = thresholds[e.Exit],
                        Agreement = e.Measured?.Agreement,
                        Knn = e.Measured?.Knn,
                        Linear = e.Measured?.Linear,
                        Purity = e.Measured?.Purity,
                    }),
            ],
            TradeOffs = tradeOffs,
            Provenance = Provenance(context),
        };
    }

    private static TradeOff Chosen(IReadOnlyList<TradeOff> tradeOffs, ExportOptions options)
    {
        if (options.MeanMacs == 0)
        {
            return tradeOffs.Where(t => t.Agreement >= options.Agreement).MinBy(t => t.MeanMacs) ?? tradeOffs[0];
        }

        return tradeOffs.Where(t => t.MeanMacs <= options.MeanMacs).MaxBy(t => t.Agreement)
            ?? throw new AutodidactException(
                FailureKind.Usage,
                FormattableString.Invariant($"export.mean_macs={options.MeanMacs}: the cheapest setting takes {tradeOffs.Min(t => t.MeanMacs):0} multiply-accumulates an image: allow as many"));
    }

    private static ManifestInput Input(RunContext context, ModelInput input, string preprocessing) => new(
        context.Target.Train.Height,
        input.ViewSize,
        [input.Normalization.Mean.Red, input.Normalization.Mean.Green, input.Normalization.Mean.Blue],
        [input.Normalization.Std.Red, input.Normalization.Std.Green, input.Normalization.Std.Blue],
        context.Options.Export.Preprocessing ? null : preprocessing);

    private static IReadOnlyList<string>? Names(RunContext context, int clusters) => context.Options.Export.Names switch
    {
        null => null,
        "labels" => ClusterNames.Majority(context.Target, ClusterStage.ReadAssignments(context.Paths.Clusters), clusters)
            ?? throw new AutodidactException(FailureKind.Usage, "export.names=labels: the images have no labels: name a CSV file, or leave it out"),
        var file => NamesFile(file, clusters),
    };

    private static string[] NamesFile(string path, int clusters)
    {
        if (!File.Exists(path))
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: no such file: name a CSV file with the columns cluster and name");
        }

        var names = Enumerable.Range(0, clusters).Select(c => FormattableString.Invariant($"cluster {c}")).ToArray();
        foreach (var row in Images.Csv.Read(File.ReadAllText(path)).Skip(1).Select(line => line.Fields))
        {
            if (row is not [var number, var name] || !int.TryParse(number, CultureInfo.InvariantCulture, out var cluster) || cluster < 0 || cluster >= clusters)
            {
                throw new AutodidactException(FailureKind.Data, $"{path}: '{string.Join(',', row)}': expected a cluster from 0 to {clusters - 1} and its name");
            }

            names[cluster] = name;
        }

        return names;
    }

    private static Dictionary<string, string> Provenance(RunContext context)
    {
        var record = context.Directory.Record!;
        var provenance = new Dictionary<string, string>
        {
            ["run"] = Path.GetFileName(context.Paths.Root),
            ["version"] = BuildInfo.Versions["autodidact"],
            ["created"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            ["images"] = record.Data["train"].Fingerprint,
            ["method"] = $"{context.Options.Pretrain.Method}, k-means, {context.Options.Distill.Method}",
            ["seed"] = record.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (BuildInfo.Commit is { } commit)
        {
            provenance["commit"] = commit;
        }

        return provenance;
    }

    private static string Number(int exit) => (exit + 1).ToString(CultureInfo.InvariantCulture);
}
