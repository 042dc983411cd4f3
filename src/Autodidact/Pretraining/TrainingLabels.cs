namespace Autodidact.Pretraining;

/// <summary>Labels that a semi-supervised method trains on.</summary>
/// <param name="Values">Class of each training image, in training order; -1 where it is not known to the method.</param>
/// <param name="Classes">Number of classes.</param>
public sealed record TrainingLabels(IReadOnlyList<int> Values, int Classes);
