namespace Autodidact.Inference;

/// <summary>An answer for a file, or why there is none.</summary>
/// <param name="Path">The file.</param>
/// <param name="Prediction">The answer; null where the file could not be read.</param>
/// <param name="Problem">Why there is none, in one line.</param>
public sealed record FilePrediction(string Path, Prediction? Prediction, string? Problem);
