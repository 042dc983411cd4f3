using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Autodidact.Options;

/// <summary>Reads <see cref="RangeAttribute"/> for options: on numbers, on durations, and on each number of a list.</summary>
internal static class OptionRange
{
    /// <summary>Whether a value (or each element of a list) lies within the range; null always does.</summary>
    public static bool Contains(RangeAttribute? range, object? value) => range is null || value switch
    {
        null => true,
        string => true,
        TimeSpan time => Within(range, time.Ticks, Bound(range.Minimum), Bound(range.Maximum)),
        System.Collections.IEnumerable list => list.Cast<object?>().All(element => Contains(range, element)),
        // RangeAttribute itself would round a fraction to the bounds' type before it compares.
        _ => Within(range, Convert.ToDouble(value, CultureInfo.InvariantCulture), Bound(range.Minimum), Bound(range.Maximum)),
    };

    /// <summary>The range in words; empty when there is none.</summary>
    public static string Describe(RangeAttribute? range)
    {
        if (range is null) return "";
        var above = range.MinimumIsExclusive ? "above" : "at least";
        var below = range.MaximumIsExclusive ? "below" : "at most";
        return (IsUnbounded(range.Minimum, low: true), IsUnbounded(range.Maximum, low: false)) switch
        {
            (true, true) => "",
            (false, true) => $"{above} {Text(range.Minimum)}",
            (true, false) => $"{below} {Text(range.Maximum)}",
            _ when range.MinimumIsExclusive || range.MaximumIsExclusive => $"{above} {Text(range.Minimum)}, {below} {Text(range.Maximum)}",
            _ => $"{Text(range.Minimum)} to {Text(range.Maximum)}",
        };
    }

    private static bool Within(RangeAttribute range, double value, double low, double high) =>
        (range.MinimumIsExclusive ? value > low : value >= low) && (range.MaximumIsExclusive ? value < high : value <= high);

    private static double Bound(object bound) => bound switch
    {
        // [Range(typeof(TimeSpan), "1s", "10h")]: the attribute keeps its bounds as text.
        string text when Durations.TryParse(text, out var time) => time.Ticks,
        string text => double.Parse(text, CultureInfo.InvariantCulture),
        _ => Convert.ToDouble(bound, CultureInfo.InvariantCulture),
    };

    private static bool IsUnbounded(object bound, bool low) => bound switch
    {
        int.MaxValue or double.MaxValue or double.PositiveInfinity => !low,
        int.MinValue or double.MinValue or double.NegativeInfinity => low,
        _ => false,
    };

    private static string Text(object bound) => Convert.ToString(bound, CultureInfo.InvariantCulture) ?? "";
}
