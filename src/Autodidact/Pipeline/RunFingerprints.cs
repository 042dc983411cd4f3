using System.Globalization;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Runs;
using Autodidact.Stages;

namespace Autodidact.Pipeline;

/// <summary>
/// Fingerprints of everything that the result of each stage depends on: its options, the seed, the images, and the fingerprint of the stage
/// before. Equal fingerprints mean equal results, so they decide what may be skipped, and what may be taken from another run.
/// </summary>
/// <param name="session">The run.</param>
internal sealed class RunFingerprints(RunSession session)
{
    /// <summary>Name of the baselines' measurement among the finished stages of <c>run.json</c>.</summary>
    public const string BaselinesKey = "baselines";

    private RunOptions Options => session.Options;

    /// <summary>Fingerprint of the measurement of what comes before the student.</summary>
    public string Baselines => Of(Stage.Evaluate, Options.Evaluate, [BaselinesKey, Of(Stage.Cluster), .. EvaluationInputs()]);

    /// <summary>Fingerprint of a stage.</summary>
    /// <param name="stage">The stage.</param>
    public string Of(Stage stage) => stage switch
    {
        Stage.Pretrain => Of(
            stage,
            Options.Pretrain,
            session.Data.Pretrain.Train.Fingerprint,
            FormattableString.Invariant($"{Options.Data.Holdout} {session.Steps(stage)}"),
            Options.Pretrain.AllowLabels ? session.Data.Pretrain.TrainLabels.Name : "",
            Options.Pretrain.Trains ? "" : AdoptedFiles.Digest(Options.Pretrain, session.Record.EncoderDigest)),
        Stage.Cluster => Of(stage, Options.Cluster, Of(Stage.Pretrain), session.Data.Target.Train.Fingerprint),
        Stage.Distill => Of(
            stage,
            Options.Distill,
            Of(Stage.Cluster),
            FormattableString.Invariant($"{Options.Data.Holdout} {session.Steps(stage)}"),
            Options.Distill.AllowLabels ? session.Data.Target.TrainLabels.Name : "",
            TeachingRun.Digest(Options.Distill, session.Record.TeacherDigest)),
        Stage.Evaluate => Of(stage, Options.Evaluate, [Of(Stage.Distill), .. EvaluationInputs()]),
        Stage.Export => Of(stage, Options.Export, Of(Stage.Distill)),
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage of its own"),
    };

    private string Of<T>(Stage stage, T options, params string[] upstream)
        where T : notnull, new()
    {
        // Only options that differ from their default: an option that a later version adds leaves the fingerprints of earlier runs alone.
        var settings = OptionBinder.Diff(new T(), options).Select(d => $"{d.Name}={d.New}");
        if (stage is Stage.Pretrain or Stage.Distill && Options.Precision == PrecisionOption.Mixed)
            settings = settings.Append($"precision={Options.Precision}");
        var seed = Options.Seed.ToString(CultureInfo.InvariantCulture);
        return StageFingerprint.Of([stage.ToString(), seed, string.Join('\n', settings), .. upstream]);
    }

    private string[] EvaluationInputs() =>
    [
        session.Data.Target.Evaluation?.Fingerprint ?? "",
        Options.Data.Labels,
        session.Data.Target.TrainLabels.Name,
        session.Data.Target.EvaluationLabels?.Name ?? "",
    ];
}
