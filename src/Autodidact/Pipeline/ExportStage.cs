using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Inference;
using Autodidact.Metrics;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>Makes the run's student and encoder into an ONNX model in <c>model/</c>, with thresholds chosen on the held-out images. Only <c>export</c> asks for it.</summary>
internal sealed class ExportStage : IStage
{
    public static ExportStage Instance { get; } = new();

    public string Fingerprint(RunContext context) => context.Fingerprint(Stage.Export, context.Options.Export, DistillStage.Instance.Fingerprint(context));

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Export;
        context.Tell(new StageStarted(Stage.Export, "writing ONNX graphs and checking them", 0));
        using var encoder = RunEncoder.Load(context);
        var (student, studentInput) = DistillStage.LoadStudent(context, encoder.Input);
        using var studentScope = student;
        var images = context.Target.Train;
        var heldOut = context.HeldOutPositions.Length > 0;
        if (!heldOut)
        {
            context.Notice("no held-out images: temperatures and thresholds stay at 1, so the deepest exit answers all (see --holdout)");
        }

        var clusters = new Lazy<int[]>(() => Clusters(context, student, studentInput, cancellationToken));
        var samples = heldOut ? context.HeldOutPositions : Observers.Spread(context.TrainPositions, options.CalibrationImages);
        using var outputs = EvaluateStage.Outputs(context, student, studentInput, images, samples, cancellationToken);
        var work = new Work(
            context,
            ExitCosts.Of(student, studentInput.ViewSize),
            samples,
            outputs.Logits,
            heldOut
                ? HeldOutAccuracy.Create(context.Target, clusters.Value, student.Options.Outputs, context.TrainPositions, samples)
                : null);
        var plan = heldOut ? work.Choose(outputs.Logits) : null;
        var source = new ExportSource
        {
            Student = student,
            StudentInput = new GraphInput(images.Height, studentInput.ViewSize, studentInput.Normalization, options.Preprocessing),
            Encoder = encoder.Trained is var (network, input) ? (network, new GraphInput(images.Height, input.ViewSize, input.Normalization, options.Preprocessing)) : null,
            Manifest = ExportManifest.Create(context, student, studentInput, encoder.Trained, work.Costs, clusters).With(plan),
            Images = images,
            Samples = Observers.Spread(samples, options.CheckImages),
        };
        var worst = ModelExporter.Export(source, context.Paths.Model, draft => Complete(work, source, plan, draft, cancellationToken), cancellationToken);
        return new StageOutcome(
            [.. Directory.GetFiles(context.Paths.Model, "*", SearchOption.AllDirectories)],
            FormattableString.Invariant($"{context.Paths.Model}: {student.ExitCount} exits, outputs within {worst:0.0e+0} of the trained network"));
    }

    /// <summary>Cluster of each training image, in the numbers the student answers with: where it left those of the run, what its deepest exit says.</summary>
    private static int[] Clusters(RunContext context, MultiExitNetwork student, ModelInput input, CancellationToken cancellationToken)
    {
        if (!DistillMethods.Get(context.Options.Distill.Method).OwnClusters) return ClusterStage.ReadAssignments(context.Paths.Clusters);
        using var outputs = EvaluateStage.Outputs(context, student, input, context.Target.Train, null, cancellationToken);
        return ExitEnsemble.Answers(outputs.Logits[^1]);
    }

    /// <summary>The 8-bit model, and how fast everything is.</summary>
    private static void Complete(Work work, ExportSource source, EarlyExitPlan? plan, string draft, CancellationToken cancellationToken)
    {
        var context = work.Context;
        List<ExportDraft> drafts = [new(draft, source.Manifest, plan)];
        if (context.Options.Export.Int8)
        {
            drafts.Add(Int8(work, source, draft, plan is not null, cancellationToken));
        }

        foreach (var written in drafts)
        {
            written.Manifest.Save(written.Folder);
        }

        if (context.Options.Export.MeasureSeconds > 0)
        {
            context.Tell(new StageStarted(Stage.Export, "measuring the speed of exits and thresholds", 0));
            drafts = Measured(work, drafts, cancellationToken);
            foreach (var measured in drafts)
            {
                measured.Manifest.Save(measured.Folder);
            }
        }

        if (drafts[0].Plan is { } chosen)
        {
            context.Summary = context.Summary with
            {
                EarlyExit =
                [
                    .. chosen.Common.Select(t => new EarlyExitSummary
                    {
                        Threshold = t.Thresholds[0], Agreement = t.Agreement, MeanMacs = t.MeanMacs, Accuracy = t.Accuracy, ImagesPerSecond = t.ImagesPerSecond,
                    }),
                ],
            };
        }
    }

    private static ExportDraft Int8(
        Work work, ExportSource source, string draft, bool choose, CancellationToken cancellationToken)
    {
        var options = work.Context.Options.Export;
        work.Context.Tell(new StageStarted(Stage.Export, "quantising to int8", 0));
        var folder = Path.Combine(draft, Int8Model.Folder);
        Int8Model.Write(source, draft, folder, Observers.Spread(work.Samples, options.CalibrationImages), cancellationToken);
        var logits = GraphLogits.Read(
            Path.Combine(folder, ModelExporter.FullFile), source.Images, work.Samples, source.StudentInput, source.Student.ExitCount, source.Student.Options.Outputs, cancellationToken);
        try
        {
            var kept = logits.Select((l, exit) => ClusteringMetrics.Agreement(ExitEnsemble.Answers(l), ExitEnsemble.Answers(work.Logits[exit]))).ToArray();
            if (kept.Min() < options.Int8Agreement)
            {
                var worst = Array.IndexOf(kept, kept.Min());
                throw new AutodidactException(
                    FailureKind.Training,
                    FormattableString.Invariant($"int8: exit {worst + 1} answers {kept[worst]:0.0 %} of the held-out images as it does in floats, export.int8_agreement={options.Int8Agreement} asks for more: lower it, calibrate on more images, or train longer; nothing was exported"));
            }

            var plan = choose ? work.Choose(logits) : null;
            var manifest = source.Manifest.With(plan) with { Precision = "int8" };
            return new ExportDraft(folder, manifest with { Exits = [.. manifest.Exits.Select((e, i) => e with { FloatAgreement = kept[i] })] }, plan);
        }
        finally
        {
            foreach (var matrix in logits)
            {
                matrix.Dispose();
            }
        }
    }

    /// <summary>The drafts with their speeds, the models taking turns.</summary>
    private static List<ExportDraft> Measured(Work work, List<ExportDraft> drafts, CancellationToken cancellationToken)
    {
        var models = drafts.Select(d => EarlyExitModel.Load(d.Folder)).ToArray();
        try
        {
            var policies = drafts.Select(d => d.Policies).ToArray();
            var turns = Enumerable.Range(0, policies.Max(p => p.Count))
                .SelectMany(i => Enumerable.Range(0, drafts.Count).Where(d => i < policies[d].Count).Select(d => (Draft: d, Policy: policies[d][i])))
                .ToArray();
            var speeds = SpeedMeter.ImagesPerSecond(
                [.. turns.Select(t => (models[t.Draft], t.Policy))],
                work.Samples.Length,
                count => SampleImages.Pixels(work.Context.Target.Train, Observers.Spread(work.Samples, count)),
                TimeSpan.FromSeconds(work.Context.Options.Export.MeasureSeconds),
                cancellationToken);
            return [.. drafts.Select((draft, d) => draft.With([.. speeds.Where((_, i) => turns[i].Draft == d)]))];
        }
        finally
        {
            foreach (var model in models)
            {
                model.Dispose();
            }
        }
    }

    /// <summary>What the float and the 8-bit model share.</summary>
    private sealed record Work(RunContext Context, ExitCosts Costs, int[] Samples, IReadOnlyList<FeatureMatrix> Logits, HeldOutAccuracy? Accuracy)
    {
        public EarlyExitPlan Choose(IReadOnlyList<FeatureMatrix> logits) =>
            EarlyExitPlan.Choose(logits, Costs, new EarlyExitGoal(Context.Options.Export.Agreement, Context.Options.Export.MeanMacs), Accuracy);
    }
}
