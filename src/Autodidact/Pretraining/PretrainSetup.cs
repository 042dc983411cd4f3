namespace Autodidact.Pretraining;

/// <summary>The parts that a pre-training method starts from.</summary>
/// <param name="Training">A fresh encoder and its views.</param>
/// <param name="Options">The stage's options, from which the method gets its own.</param>
/// <param name="Labels">Reads the labels that a method marked as using them may train on; others may not ask.</param>
public sealed record PretrainSetup(EncoderTraining Training, PretrainOptions Options, Func<TrainingLabels> Labels)
{
    /// <summary>The stage's options: a method is given its own alone.</summary>
    internal PretrainOptions Options { get; init; } = Options;
}
