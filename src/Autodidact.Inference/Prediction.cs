namespace Autodidact.Inference;

/// <summary>An answer for one image.</summary>
/// <param name="Cluster">Number of the cluster, from 0.</param>
/// <param name="Name">Its name, or the class it stands for; null where it has none.</param>
/// <param name="Confidence">Probability the answering exit gives it.</param>
/// <param name="Exit">The exit that answered, 1 the shallowest.</param>
/// <param name="Macs">Multiply-accumulates spent, those of the exits that were asked before included.</param>
public sealed record Prediction(int Cluster, string? Name, float Confidence, int Exit, long Macs);

/// <summary>An answer for a file, or why there is none.</summary>
/// <param name="Path">The file.</param>
/// <param name="Prediction">The answer; null where the file could not be read.</param>
/// <param name="Problem">Why there is none, in one line.</param>
public sealed record FilePrediction(string Path, Prediction? Prediction, string? Problem);
