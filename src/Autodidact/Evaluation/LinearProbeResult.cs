namespace Autodidact.Evaluation;

/// <summary>Result of a linear probe.</summary>
/// <param name="Accuracy">Fraction of labelled test rows answered rightly.</param>
/// <param name="TrainLoss">The minimised objective: mean loss plus penalty on the training rows.</param>
/// <param name="Iterations">Iterations made.</param>
/// <param name="Converged">Whether the fit came within the tolerance of the optimum.</param>
/// <param name="Predictions">Class of each test row, unlabelled ones included.</param>
internal sealed record LinearProbeResult(double Accuracy, double TrainLoss, int Iterations, bool Converged, IReadOnlyList<int> Predictions);
