using System.Xml.Linq;
using Autodidact.Images;
using Autodidact.Reporting;

namespace Autodidact.RunReports;

/// <summary>Pictures of a report, small enough for a page that is one file.</summary>
internal static class Pictures
{
    /// <summary>Bytes of all contact sheets together, and of the map's pictures.</summary>
    private const int MostBytes = 1_200_000;

    private const int SheetSide = 64;
    private const int MapSide = 32;

    /// <summary>Tried in turn until the pictures fit.</summary>
    private static readonly int[] Qualities = [75, 55, 35, 15];

    /// <summary>The images' pictures by their position.</summary>
    /// <param name="images">Packed images.</param>
    /// <param name="positions">Which of them.</param>
    public static IReadOnlyDictionary<int, XElement> Elements(PackedImages images, IReadOnlyList<int> positions)
    {
        var encoded = Fit(
            quality => positions.AsParallel().AsOrdered().Select(p => ThumbnailEncoder.Encode(images, p, SheetSide, quality)).ToList(),
            all => all.Sum(e => (long)e.Length));
        return positions.Zip(encoded).ToDictionary(pair => pair.First, pair =>
        {
            var key = images.Key(pair.First);
            return Html.Element(
                "img",
                Html.Attribute("src", Url(pair.Second)),
                Html.Attribute("alt", key),
                Html.Attribute("title", key),
                Html.Attribute("width", "48"),
                Html.Attribute("height", "48"));
        });
    }

    /// <summary>The images' pictures as one sheet.</summary>
    /// <param name="images">Packed images.</param>
    /// <param name="positions">Which of them, one at least.</param>
    public static PictureSheet Sheet(PackedImages images, IReadOnlyList<int> positions)
    {
        var columns = (int)Math.Ceiling(Math.Sqrt(positions.Count));
        var encoded = Fit(quality => ThumbnailEncoder.EncodeSheet(images, positions, MapSide, columns, quality), sheet => sheet.Length);
        return new PictureSheet(Url(encoded), columns, (positions.Count + columns - 1) / columns);
    }

    private static T Fit<T>(Func<int, T> encode, Func<T, long> size)
    {
        var found = encode(Qualities[0]);
        foreach (var quality in Qualities.Skip(1).TakeWhile(_ => size(found) > MostBytes)) found = encode(quality);
        return found;
    }

    private static string Url(byte[] webp) => $"data:image/webp;base64,{Convert.ToBase64String(webp)}";
}
