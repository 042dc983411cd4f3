using System.Globalization;
using System.Text;

namespace Autodidact.Options;

/// <summary>Durations as people write them: <c>30m</c>, <c>1h30m</c>, <c>90s</c>, <c>1.5h</c>, <c>250ms</c>.</summary>
internal static class Durations
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>
    /// Reads a duration. A unit is required, because <c>60</c> alone could mean seconds or minutes; units descend and occur once.
    /// </summary>
    /// <param name="text">Such as <c>1h30m</c>.</param>
    /// <param name="duration">The duration; zero when the text is not one.</param>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = (text ?? "").Trim().AsSpan();
        if (rest.IsEmpty) return false;
        var ticks = 0.0;
        var lastUnit = -1;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0) return false;
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAny("0123456789.");
            var unitText = (letters < 0 ? rest : rest[..letters]).ToString();
            var unit = Array.FindIndex(Units, u => u.Unit.Equals(unitText, StringComparison.OrdinalIgnoreCase));
            if (unit <= lastUnit) return false;
            lastUnit = unit;
            ticks += number * Units[unit].Ticks;
            rest = rest[unitText.Length..];
        }
        if (ticks >= TimeSpan.MaxValue.Ticks) return false;
        duration = TimeSpan.FromTicks((long)Math.Round(ticks));
        return true;
    }

    /// <summary>Writes a duration so that <see cref="TryParse"/> reads the same one back (to the 0.1 microsecond .NET counts in).</summary>
    /// <param name="duration">Zero or more.</param>
    public static string Format(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero) return "0s";
        var text = new StringBuilder();
        var ticks = duration.Ticks;
        foreach (var (unit, unitTicks) in Units.AsSpan(0, 3))
        {
            if (ticks < unitTicks) continue;
            text.Append(CultureInfo.InvariantCulture, $"{ticks / unitTicks}{unit}");
            ticks %= unitTicks;
        }
        if (ticks > 0) text.Append(CultureInfo.InvariantCulture, $"{(decimal)ticks / TimeSpan.TicksPerSecond:0.#######}s");
        return text.ToString();
    }

    /// <summary>Writes a duration for a glance, two units at most: <c>1h05m</c>, <c>2m10s</c>, <c>45s</c>, <c>3.2s</c>.</summary>
    /// <param name="duration">The duration; a negative one counts as zero.</param>
    public static string Brief(TimeSpan duration) => Brief(duration.TotalSeconds);

    /// <summary>The same of seconds, which may be more than a duration holds.</summary>
    /// <param name="seconds">The seconds; fewer than none count as none.</param>
    public static string Brief(double seconds)
    {
        seconds = Math.Max(0, seconds);
        if (seconds < 9.95) return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s");
        var whole = (long)Math.Round(seconds);
        if (whole < 60) return $"{whole}s";
        if (whole < 3600) return $"{whole / 60}m{whole % 60:00}s";
        return $"{whole / 3600}h{whole % 3600 / 60:00}m";
    }
}
