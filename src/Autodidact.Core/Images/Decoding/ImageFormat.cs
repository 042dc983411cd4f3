namespace Autodidact.Images;

/// <summary>The encodings that are accepted, told by a file's first bytes and never by its name.</summary>
internal enum ImageFormat
{
    /// <summary>None of the others: refused.</summary>
    Unknown,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP.</summary>
    Webp,

    /// <summary>GIF; its first frame is read.</summary>
    Gif,

    /// <summary>TIFF; its first page is read.</summary>
    Tiff,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}

/// <summary>Recognises image files by extension (what to list) and by content (what to decode).</summary>
internal static class ImageFormats
{
    /// <summary>
    /// A closed list: the native library reads many more formats (SVG, PDF, MATLAB, ...), which widen what a hostile file can reach.
    /// </summary>
    private static readonly HashSet<string> _extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff",
    };

    /// <summary>Whether a file name has an image's extension.</summary>
    public static bool HasImageExtension(string fileName) => _extensions.Contains(Path.GetExtension(fileName));

    /// <summary>The name of a format as people write it.</summary>
    public static string Name(ImageFormat format) =>
        format == ImageFormat.Webp ? "WebP" : format.ToString().ToUpperInvariant();

    /// <summary>The format that the first bytes announce.</summary>
    public static ImageFormat Detect(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, 0xFF, ..] => ImageFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => ImageFormat.Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => ImageFormat.Webp,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => ImageFormat.Gif,
        [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => ImageFormat.Tiff,
        [(byte)'B', (byte)'M', ..] => ImageFormat.Bmp,
        _ => ImageFormat.Unknown,
    };
}
