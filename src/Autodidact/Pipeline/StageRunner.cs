using System.Diagnostics;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Native;
using Autodidact.Runs;
using Autodidact.Stages;
using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>Runs the stages of a run, one at a time: hands each its artefacts, and records what it leaves.</summary>
/// <param name="session">The run.</param>
internal sealed class StageRunner(RunSession session)
{
    private const int EvaluationSteps = 5;

    private readonly RunFingerprints _fingerprints = new(session);

    /// <summary>Whether a stage is finished with the inputs it would be given now.</summary>
    /// <param name="stage">The stage.</param>
    public bool IsDone(Stage stage) => session.Directory.IsComplete(stage.Key(), _fingerprints.Of(stage));

    /// <summary>Runs a stage unless it is done.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="force">Whether it is run again where it is done.</param>
    /// <param name="cancellationToken">Stops after the running step.</param>
    /// <returns>False if it was skipped.</returns>
    public bool Run(Stage stage, bool force, CancellationToken cancellationToken)
    {
        var measured = stage != Stage.Evaluate || session.Measurements.Exists;
        if (!force && measured && IsDone(stage))
        {
            // A process that was killed after its last step left them.
            new CheckpointStore(session.Paths.Checkpoints, stage.Key()).Clear();
            session.Tell(new StageCompleted(stage, TimeSpan.Zero, true, "done earlier"));
            return false;
        }

        if (session.Directory.Damage(stage.Key()) is { } damage) session.Notice($"{damage}: doing {stage.Key()} again");
        var clock = Stopwatch.StartNew();
        var outcome = Attempt(stage, cancellationToken);
        while (RunBudget.Extend(session, stage, outcome)) outcome = Attempt(stage, cancellationToken);

        var spent = TimeSpan.FromSeconds(session.Record.Seconds[stage.Key()]);
        session.Directory.Complete(stage.Key(), _fingerprints.Of(stage), spent, outcome.Outputs);
        new CheckpointStore(session.Paths.Checkpoints, stage.Key()).Clear();
        session.Tell(new StageCompleted(stage, clock.Elapsed, false, outcome.Text)
        {
            Predicted = RunForecast.Of(session.Record, stage) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        });
        return true;
    }

    private StageOutcome Attempt(Stage stage, CancellationToken cancellationToken)
    {
        var fingerprint = _fingerprints.Of(stage);
        StageEntry.Begin(session, stage, fingerprint);
        try
        {
            var outcome = Do(stage, new StageRun
            {
                Stage = stage,
                Fingerprint = fingerprint,
                Ranks = session.Ranks,
                Paths = session.Paths,
                Options = session.Options,
                Log = session.Log,
                Spare = session.Spare,
                Tell = session.Tell,
                Tick = () => session.Tick(stage),
            }, cancellationToken);
            session.Measurements.Update(outcome.Note);
            session.Directory.Write(session.Record with
            {
                EncoderDigest = outcome.EncoderDigest ?? session.Record.EncoderDigest,
                TeacherDigest = outcome.TeacherDigest ?? session.Record.TeacherDigest,
            });
            return outcome;
        }
        finally
        {
            // The next stage needs blocks of other sizes: those kept would come on top.
            GlibcAllocator.GiveBack();
            session.Account(stage);
        }
    }

    private StageOutcome Do(Stage stage, StageRun run, CancellationToken cancellationToken)
    {
        var (data, encoder, clustering, student) = (session.Data, session.Encoder, session.Clustering, session.Student);
        return stage switch
        {
            Stage.Pretrain when session.Options.Pretrain.Trains => TrainEncoder.Run(
                run, data, session.Steps(stage), encoder, cancellationToken),
            Stage.Pretrain when session.Options.Pretrain.Fits => FitEncoder.Run(run, data, encoder, cancellationToken),
            Stage.Pretrain => AdoptEncoder.Run(run, data, encoder),
            Stage.Cluster => ClusterFeatures.Run(run, data, encoder, clustering, cancellationToken),
            Stage.Distill => DistillStudent.Run(run, data, session.Steps(stage), encoder, clustering, student, cancellationToken),
            Stage.Evaluate => Measure(run, cancellationToken),
            Stage.Export => ExportModel.Run(
                run, data, encoder, clustering, student, session.Measurements.Summary, session.Model, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage of its own"),
        };
    }

    /// <summary>Measures what comes before the student, unless the summary has it, and then the student.</summary>
    private StageOutcome Measure(StageRun run, CancellationToken cancellationToken)
    {
        run.Begin("measuring", EvaluationSteps);
        var data = session.Data;
        var labels = LabelFiles.Splits(data.Target);
        var scored = data.Target.Evaluation is not null && labels is { CanScore: true } ? labels : null;
        var device = TorchDevices.Of(session.Options.Device);
        using var encoder = session.Encoder.Open(device);
        var measured = Baselines.Measured(session);
        var summary = session.Measurements.Summary with { Data = DataOf(labels) };
        if (!measured) summary = summary.WithoutBaselines();
        if (scored is not null && !measured)
        {
            var clock = Stopwatch.StartNew();
            summary = run.Share(
                RankWork.Baselines,
                token => MeasureBaselines.Run(
                    run.Options, data, scored, session.Encoder, encoder, session.Clustering, summary,
                    (done, next) => run.Progress(done, EvaluationSteps, next), run.Notice, token),
                cancellationToken);
            session.Measurements.Update(_ => summary);
            Baselines.Complete(session, clock.Elapsed);
        }

        run.Progress(3, EvaluationSteps, "student");
        using var student = session.Student.Open(StudentInput.Of(session.Options, data, encoder.Input), device);
        var exits = run.Share(
            RankWork.Student,
            token => MeasureStudent.Run(
                run.Options, data, student, scored, session.Measurements.WritePredictions, run.Notice, token),
            cancellationToken);
        run.Progress(4, EvaluationSteps, "speed");
        exits = MeasureStudent.Costs(student, exits, cancellationToken);
        return new StageOutcome(
            data.Target.Evaluation is null ? [] : [session.Measurements.PredictionsFile],
            scored is null ? "no labels: agreement and costs measured" : "all scores measured")
        {
            Note = _ => summary with
            {
                Exits = exits,
                Seconds = new SecondsSummary
                {
                    Total = session.TotalSeconds(),
                    Predicted = RunForecast.Total(session.Record),
                },
                PeakMemoryMb = PeakMemory.OfProcess,
            },
        };
    }

    private DataSummary DataOf(LabelledSplits? labels) => new()
    {
        PretrainImages = session.Data.PretrainPositions.Length,
        TrainImages = session.Data.TrainPositions.Length,
        EvalImages = session.Data.Target.Evaluation?.Count,
        HoldoutImages = session.Data.HeldOutPositions.Length,
        Skipped = session.Data.Skipped,
        Duplicates = session.Data.Target.Duplicates,
        Labelled = labels is { CanScore: true },
        Classes = labels?.Classes,
    };
}
