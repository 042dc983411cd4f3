namespace Autodidact.Images;

/// <summary>One image cannot be decoded; kind Data. Packing turns it into a <see cref="SkippedImage"/>; it never ends a run.</summary>
/// <param name="reason">Why, in one line.</param>
/// <param name="innerException">The cause, if another exception told it.</param>
public sealed class ImageDecodeException(string reason, Exception? innerException = null)
    : AutodidactException(FailureKind.Data, reason, innerException);
