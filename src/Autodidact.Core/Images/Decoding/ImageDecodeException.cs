namespace Autodidact.Images;

/// <summary>One image cannot be decoded. Packing turns it into a <see cref="SkippedImage"/>; it never ends a run.</summary>
/// <param name="reason">Why, in one line.</param>
/// <param name="innerException">The cause, if another exception told it.</param>
public sealed class ImageDecodeException(string reason, Exception? innerException = null) : Exception(reason, innerException);
