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
    /// <summary>The problem of a file of no format.</summary>
    public const string NotAnImage = "not a JPEG, PNG, WebP, GIF, TIFF or BMP image";

    /// <summary>Files up to this size are read at once.</summary>
    private const int SmallFile = 1 << 20;

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

    /// <summary>
    /// Why a large file is not worth its memory: its first bytes announce no format. Null where they do, and for small files.
    /// </summary>
    /// <param name="file">The file, at its beginning; it is there again afterwards.</param>
    public static string? Refuses(FileStream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length <= SmallFile)
            return null;
        Span<byte> first = stackalloc byte[16];
        file.ReadExactly(first);
        file.Position = 0;
        return Detect(first) == ImageFormat.Unknown ? NotAnImage : null;
    }

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
