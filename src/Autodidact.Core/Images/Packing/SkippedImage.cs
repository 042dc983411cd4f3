namespace Autodidact.Images;

/// <summary>An image that was left out, and why.</summary>
/// <param name="Key">Key of the image, as its source named it.</param>
/// <param name="Reason">Why, in one line.</param>
internal sealed record SkippedImage(string Key, string Reason);
