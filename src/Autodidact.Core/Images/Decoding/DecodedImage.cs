namespace Autodidact.Images;

/// <summary>An image brought to the size of a pack.</summary>
/// <param name="Pixels">uint8 RGB, side x side x 3, row by row.</param>
/// <param name="OriginalHeight">Height before resizing, after the EXIF orientation was applied.</param>
/// <param name="OriginalWidth">Width before resizing, after the EXIF orientation was applied.</param>
internal sealed record DecodedImage(byte[] Pixels, int OriginalHeight, int OriginalWidth);
