using System.Globalization;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Metrics;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>
/// Makes the run's student and encoder into an ONNX model in <c>model/</c>, with thresholds chosen on the held-out images. Only
/// <c>export</c> asks for it.
/// </summary>
internal static class ExportModel
{
    /// <summary>Exports.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="clustering">Its clusters.</param>
    /// <param name="student">The student.</param>
    /// <param name="measured">The run's results so far.</param>
    /// <param name="model">Where the model goes.</param>
    /// <param name="cancellationToken">Stops without touching an earlier model.</param>
    public static StageOutcome Run(
        StageRun run,
        PackedData data,
        EncoderArtefact encoder,
        ClusteringArtefact clustering,
        StudentArtefact student,
        Summary measured,
        ExportedModel model,
        CancellationToken cancellationToken)
    {
        var options = run.Options.Export;
        run.Begin("writing ONNX graphs and checking them");
        using var encoderModel = encoder.Open();
        using var opened = student.Open(StudentInput.Of(run.Options, data, encoderModel.Input));
        var (network, studentInput) = opened;
        var images = data.Target.Train;
        var heldOut = data.HeldOutPositions.Length > 0;
        if (!heldOut)
        {
            run.Notice("no held-out images: temperatures and thresholds stay at 1, so the deepest exit answers all (see --holdout)");
        }

        var context = new ExportContext(run, data, measured);
        var clusters = new Lazy<int[]>(() => Clusters(context, opened, clustering, cancellationToken));
        var samples = heldOut ? data.HeldOutPositions : EvenSample.Of(data.TrainPositions, options.CalibrationImages);
        var logits = opened.Logits(images, samples, run.Options.Evaluate.BatchSize, cancellationToken);
        var accuracy = heldOut
            ? HeldOutAccuracy.Create(data.Target, clusters.Value, network.Options.Outputs, data.TrainPositions, samples)
            : null;
        using var work = new Work(context, ExitCosts.Of(network, studentInput.ViewSize), samples, logits, accuracy);
        var plan = heldOut ? work.Choose(logits) : null;
        GraphInput InputOf(ModelInput input) => new(images.Height, input.ViewSize, input.Normalization, options.Preprocessing);
        var source = new ExportSource
        {
            Student = network,
            StudentInput = InputOf(studentInput),
            Encoder = encoderModel.Trained is var (trained, input) ? (trained, InputOf(input)) : null,
            Manifest = ExportManifest.Create(context, network, studentInput, encoderModel.Trained, work.Costs, clusters).With(plan),
            Images = images,
            Samples = EvenSample.Of(samples, options.CheckImages),
        };
        IReadOnlyList<EarlyExitSummary>? early = null;
        var worst = ModelExporter.Export(
            source, model.Folder, draft => early = Complete(work, source, plan, draft, cancellationToken), cancellationToken);
        return new StageOutcome(
            model.Files,
            FormattableString.Invariant($"{model.Folder}: {network.ExitCount} exits, outputs within {worst:0.0e+0} of the trained network"))
        {
            Note = summary => early is null ? summary : summary with { EarlyExit = early },
        };
    }

    /// <summary>
    /// Cluster of each training image, in the student's numbers. If the student gave up the run's clusters, its deepest exit answers.
    /// </summary>
    private static int[] Clusters(
        ExportContext context, StudentModel student, ClusteringArtefact clustering, CancellationToken cancellationToken)
    {
        if (!DistillMethods.Get(context.Options.Distill.Method).OwnClusters) return clustering.Assignments;
        using var data = student.Answers(context.Data.Target.Train, null, context.Options.Evaluate.BatchSize, cancellationToken);
        return data.Answers[data.Exits - 1];
    }

    /// <summary>The 8-bit model, and how fast everything is.</summary>
    /// <returns>The early exits of the model in floats; null where none were chosen.</returns>
    private static IReadOnlyList<EarlyExitSummary>? Complete(
        Work work, ExportSource source, EarlyExitPlan? plan, string draft, CancellationToken cancellationToken)
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
            context.Run.Begin("measuring the speed of exits and thresholds");
            drafts = Measured(work, drafts, cancellationToken);
            foreach (var measured in drafts)
            {
                measured.Manifest.Save(measured.Folder);
            }
        }

        return drafts[0].Plan is { } chosen
            ?
            [
                .. chosen.Common.Select(t => new EarlyExitSummary
                {
                    Threshold = t.Thresholds[0],
                    Agreement = t.Agreement,
                    MeanMacs = t.MeanMacs,
                    Accuracy = t.Accuracy,
                    ImagesPerSecond = t.ImagesPerSecond,
                }),
            ]
            : null;
    }

    private static ExportDraft Int8(
        Work work, ExportSource source, string draft, bool choose, CancellationToken cancellationToken)
    {
        var options = work.Context.Options.Export;
        work.Context.Run.Begin("quantising to int8");
        var folder = Path.Combine(draft, Int8Model.Folder);
        Int8Model.Write(source, draft, folder, EvenSample.Of(work.Samples, options.CalibrationImages), cancellationToken);
        var logits = GraphLogits.Read(
            Path.Combine(folder, ModelExporter.FullFile), source.Images, work.Samples, source.StudentInput, source.Student.ExitCount,
            source.Student.Options.Outputs, cancellationToken);
        try
        {
            var kept = logits
                .Select((l, exit) => ClusteringMetrics.Agreement(ExitEnsemble.Answers(l), ExitEnsemble.Answers(work.Logits[exit])))
                .ToArray();
            if (kept.Min() < options.Int8Agreement)
            {
                var worst = Array.IndexOf(kept, kept.Min());
                throw new AutodidactException(
                    FailureKind.Training,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"int8: exit {worst + 1} answers {kept[worst]:0.0 %} of the held-out images as it does in floats, "
                        + $"export.int8_agreement={options.Int8Agreement} asks for more: lower it, calibrate on more images, "
                        + $"or train longer; nothing was exported"));
            }

            var plan = choose ? work.Choose(logits) : null;
            var manifest = source.Manifest.With(plan) with { Precision = "int8" };
            return new ExportDraft(
                folder, manifest with { Exits = [.. manifest.Exits.Select((e, i) => e with { FloatAgreement = kept[i] })] }, plan);
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
                .SelectMany(i => Enumerable.Range(0, drafts.Count)
                    .Where(d => i < policies[d].Count)
                    .Select(d => (Draft: d, Policy: policies[d][i])))
                .ToArray();
            var speeds = SpeedMeter.ImagesPerSecond(
                [.. turns.Select(t => (models[t.Draft], t.Policy))],
                work.Samples.Length,
                count => SampleImages.Pixels(work.Context.Data.Target.Train, EvenSample.Of(work.Samples, count)),
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

    /// <summary>The parts that the float and the 8-bit model share.</summary>
    private sealed record Work(
        ExportContext Context, ExitCosts Costs, int[] Samples, IReadOnlyList<FeatureMatrix> Logits, HeldOutAccuracy? Accuracy)
        : IDisposable
    {
        public EarlyExitPlan Choose(IReadOnlyList<FeatureMatrix> logits) =>
            EarlyExitPlan.Choose(
                logits, Costs, new EarlyExitGoal(Context.Options.Export.Agreement, Context.Options.Export.MeanMacs), Accuracy);

        public void Dispose()
        {
            foreach (var matrix in Logits)
            {
                matrix.Dispose();
            }
        }
    }
}
