using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>A stage of the chain after the data is packed.</summary>
internal interface IStage
{
    /// <summary>Fingerprint of everything the stage's result depends on.</summary>
    string Fingerprint(RunContext context);

    /// <summary>Does the stage's work and writes its artefacts.</summary>
    StageOutcome Run(RunContext context, CancellationToken cancellationToken);
}

/// <summary>What a stage left.</summary>
/// <param name="Outputs">Full paths of its artefacts.</param>
/// <param name="Text">Its result in a few words.</param>
internal sealed record StageOutcome(IReadOnlyList<string> Outputs, string Text)
{
    /// <summary>Seconds a step of the stage's training took, without monitors; null where nothing was trained by steps.</summary>
    public double? SecondsPerStep { get; private init; }

    /// <summary>What a training left.</summary>
    public static StageOutcome Of(TrainingResult result, string output) =>
        new([output], FormattableString.Invariant($"{result.Epochs:0.#} epochs, {result.ImagesPerSecond:0} images/s")) { SecondsPerStep = result.Seconds / result.Steps };
}

internal static class Stages
{
    public static IStage Get(Stage stage) => stage switch
    {
        Stage.Pretrain => PretrainStage.Instance,
        Stage.Cluster => ClusterStage.Instance,
        Stage.Distill => DistillStage.Instance,
        Stage.Evaluate => EvaluateStage.Instance,
        Stage.Export => ExportStage.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage of its own"),
    };
}
