using System.Globalization;
using Autodidact.Runs;
using Autodidact.Stages;

namespace Autodidact.RunReports;

/// <summary>Figures as tables show them.</summary>
internal static class Figures
{
    /// <summary>Stands for what was not measured.</summary>
    public const string Absent = "–";

    /// <summary>Stands beside a student that was trained on labels, wherever it is shown.</summary>
    public const string UsesLabels = "USES LABELS";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>A figure in the format that its description asks for.</summary>
    public static string Of(double? figure, FigureFormat format) => format switch
    {
        FigureFormat.Fraction => Percent(figure),
        FigureFormat.Count => Count(figure),
        FigureFormat.Large => Short(figure),
        FigureFormat.Number => figure?.ToString("G6", Invariant) ?? Absent,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no such format"),
    };

    /// <summary>A fraction as a percentage with one decimal: <c>61.2%</c>.</summary>
    public static string Percent(double? fraction) => fraction is { } value ? (100 * value).ToString("0.0", Invariant) + "%" : Absent;

    /// <summary>A whole number with separators: <c>12,345</c>.</summary>
    public static string Count(double? number) => number is { } value ? value.ToString("#,0", Invariant) : Absent;

    /// <summary>Images a second.</summary>
    public static string Rate(double? number) => number is { } value ? ProgressText.Rate(value) : Absent;

    /// <summary>A large number in three digits: <c>684k</c>, <c>2.81M</c>, <c>1.2G</c>.</summary>
    public static string Short(double? number)
    {
        if (number is not { } value) return Absent;
        foreach (var (size, unit) in (ReadOnlySpan<(double, string)>)[(1e9, "G"), (1e6, "M"), (1e3, "k")])
        {
            // 999,600 rounds to 1000k; it is 1.00M.
            if (value < 0.9995 * size) continue;
            var scaled = value / size;
            return scaled.ToString(scaled < 9.995 ? "0.00" : scaled < 99.95 ? "0.0" : "0", Invariant) + unit;
        }
        return value.ToString("0", Invariant);
    }
}
