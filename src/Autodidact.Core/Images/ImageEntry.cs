namespace Autodidact.Images;

/// <summary>One image as a source hands it out: still encoded, or already pixels.</summary>
/// <param name="Key">Name of the image, unique within its source, with forward slashes (<c>train/cat/0001.jpg</c>).</param>
/// <param name="Label">Class name if the source knows one. It goes to <see cref="EvaluationLabels"/> and nowhere else.</param>
/// <param name="Content">Encoded bytes or raw pixels.</param>
public sealed record ImageEntry(string Key, string? Label, ImageContent Content);

/// <summary>
/// The content of an <see cref="ImageEntry"/>: <see cref="EncodedImage"/>, <see cref="RawImage"/> or <see cref="UnreadableImage"/>.
/// </summary>
public abstract record ImageContent;

/// <summary>An encoded image file (JPEG, PNG, WebP, GIF, BMP, TIFF), decoded later, under limits.</summary>
/// <param name="Bytes">The file's bytes.</param>
public sealed record EncodedImage(ReadOnlyMemory<byte> Bytes) : ImageContent;

/// <summary>Decoded pixels.</summary>
/// <param name="Pixels">uint8, height x width x channels, row by row.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Channels">1 (grey) or 3 (RGB).</param>
public sealed record RawImage(ReadOnlyMemory<byte> Pixels, int Height, int Width, int Channels) : ImageContent;

/// <summary>An image the source listed but could not read; packing quarantines it with the reason.</summary>
/// <param name="Reason">Why, in one line.</param>
public sealed record UnreadableImage(string Reason) : ImageContent;
