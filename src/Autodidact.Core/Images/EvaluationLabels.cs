namespace Autodidact.Images;

/// <summary>Placeholder, written with the packed images.</summary>
public sealed class EvaluationLabels;
