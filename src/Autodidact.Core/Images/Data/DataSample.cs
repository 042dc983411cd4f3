namespace Autodidact.Images;

/// <summary>Some of the images that a request names, packed, and how many there are of them all.</summary>
/// <param name="Data">The packed images; the caller disposes of them.</param>
/// <param name="TrainImages">Training images of the whole set.</param>
/// <param name="EvaluationImages">Evaluation images of the whole set.</param>
/// <param name="SecondsPerImage">Seconds that packing an image took, with all workers.</param>
internal sealed record DataSample(PreparedData Data, int TrainImages, int EvaluationImages, double SecondsPerImage);
