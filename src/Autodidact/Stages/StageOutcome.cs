using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>The result of a stage, for the pipeline to record.</summary>
/// <param name="Outputs">Full paths of the files it left.</param>
/// <param name="Text">Its result in a few words.</param>
internal sealed record StageOutcome(IReadOnlyList<string> Outputs, string Text)
{
    /// <summary>Seconds a step of the stage's training took, without monitors; null where nothing was trained by steps.</summary>
    public double? SecondsPerStep { get; init; }

    /// <summary>Puts the stage's own figures into the run's results.</summary>
    public Func<Summary, Summary> Note { get; init; } = summary => summary;

    /// <summary>Digest of the files that stood in for pre-training; null where none did.</summary>
    public string? EncoderDigest { get; init; }

    /// <summary>Digest of the student of another run that taught this run's; null where none did.</summary>
    public string? TeacherDigest { get; init; }

    /// <summary>The outcome of a training.</summary>
    /// <param name="result">What the trainer reports.</param>
    /// <param name="output">The file the stage left.</param>
    public static StageOutcome Of(TrainingResult result, string output) =>
        new([output], FormattableString.Invariant($"{result.Epochs:0.#} epochs, {ProgressText.Rate(result.ImagesPerSecond)} images/s"))
        {
            SecondsPerStep = result.Seconds / result.Steps,
        };
}
