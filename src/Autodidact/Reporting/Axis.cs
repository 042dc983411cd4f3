using System.Globalization;

namespace Autodidact.Reporting;

/// <summary>A linear axis: where values lie in a picture, and round values to mark.</summary>
internal sealed class Axis
{
    private const int Ticks = 8;
    private const double Margin = 0.05;

    private static readonly (double Size, string Sign)[] Units = [(1e9, " G"), (1e6, " M"), (1e3, " k")];

    private readonly double _low;
    private readonly double _high;
    private readonly double _from;
    private readonly double _to;

    /// <summary>An axis that shows all of some values, with a little room on both sides.</summary>
    /// <param name="values">The values, at least one.</param>
    /// <param name="from">Pixel of the low end.</param>
    /// <param name="to">Pixel of the high end.</param>
    public Axis(IReadOnlyList<double> values, double from, double to)
    {
        var (low, high) = (values.Min(), values.Max());
        var room = high > low ? (high - low) * Margin : Math.Max(Math.Abs(high) * Margin, 1);
        (_low, _high, _from, _to) = (low - room, high + room, from, to);
    }

    /// <summary>The pixel of a value.</summary>
    /// <param name="value">The value.</param>
    public double At(double value) => _from + ((value - _low) / (_high - _low) * (_to - _from));

    /// <summary>Round values (1, 2 or 5 times a power of ten apart) within the axis, with how they are written.</summary>
    public IReadOnlyList<(double Pixel, string Label)> Marks()
    {
        var wanted = (_high - _low) / Ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        var step = new[] { 1.0, 2, 5, 10 }.First(s => s * power >= wanted * (1 - 1e-9)) * power;
        var (unit, sign) =
            Array.Find(Units, u => Math.Max(Math.Abs(_low), Math.Abs(_high)) >= u.Size) is { Sign: not null } found ? found : (1.0, "");
        var decimals = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step / unit) - 1e-9));
        var (first, last) = ((long)Math.Ceiling(_low / step), (long)Math.Floor(_high / step));
        return
        [
            .. Enumerable.Range(0, (int)(last - first + 1)).Select(i => (first + i) * step)
                .Select(v => (At(v), (v / unit).ToString($"F{decimals}", CultureInfo.InvariantCulture) + sign)),
        ];
    }
}
