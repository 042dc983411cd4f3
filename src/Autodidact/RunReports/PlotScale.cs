using System.Globalization;

namespace Autodidact.RunReports;

/// <summary>Figures in the size a page needs.</summary>
internal static class PlotScale
{
    /// <summary>Places of a map run from 0 to this, whole numbers: a page has no more pixels.</summary>
    private const double Largest = 2_000;

    /// <summary>Points of a curve; more are averaged.</summary>
    private const int MostPoints = 240;

    /// <summary>Places as whole numbers; both directions are scaled alike.</summary>
    /// <param name="places">x and y by turns.</param>
    public static IReadOnlyList<int> Whole(float[] places)
    {
        var (left, bottom) = (float.MaxValue, float.MaxValue);
        var (right, top) = (float.MinValue, float.MinValue);
        for (var i = 0; i < places.Length; i += 2)
        {
            (left, right) = (Math.Min(left, places[i]), Math.Max(right, places[i]));
            (bottom, top) = (Math.Min(bottom, places[i + 1]), Math.Max(top, places[i + 1]));
        }

        var scale = Largest / Math.Max(Math.Max(right - left, top - bottom), 1e-12);
        return [.. places.Select((value, i) => (int)Math.Round((value - (i % 2 == 0 ? left : bottom)) * scale))];
    }

    /// <summary>A curve of at most some hundred points: means of neighbours where it has more.</summary>
    /// <param name="points">Pairs of x and y in order.</param>
    public static IReadOnlyList<double[]> Thin(IReadOnlyList<double[]> points)
    {
        var count = Math.Min(points.Count, MostPoints);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var (from, to) = ((int)((long)i * points.Count / count), (int)((long)(i + 1) * points.Count / count));
                var part = points.Skip(from).Take(to - from).ToList();
                return new[] { Math.Round(part.Average(p => p[0])), Rounded(part.Average(p => p[1])) };
            }),
        ];
    }

    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
