using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Views;

/// <summary>
/// Small views of small parts beside the ordinary ones (multi-crop: Caron et al., NeurIPS 2020, arXiv 2006.09882); coloured as those.
/// </summary>
public sealed record LocalViewOptions : IOptionRules
{
    private static readonly OptionRule[] Rules =
    [
        OptionRule.Refuse(
            "",
            (LocalViewOptions o) => o.Count == 0 && o != new LocalViewOptions(),
            "there are none: set {count} too, or leave the others out"),
        OptionRule.Refuse(
            "scale_min",
            (LocalViewOptions o) => o.ScaleMin > o.ScaleMax,
            o => FormattableString.Invariant($"{o.ScaleMin} is more than scale_max, {o.ScaleMax}: swap them")),
    ];

    /// <summary>Local views an image.</summary>
    [Description("local views an image, beside the ordinary ones; 0 is off")]
    [Range(0, 32)]
    public int Count { get; init; }

    /// <summary>Their side as a fraction of the ordinary views'.</summary>
    [Description("side of a local view, as a fraction of the ordinary views'")]
    [Range(0.1, 1.0)]
    public double Fraction { get; init; } = 0.5625;

    /// <summary>Smallest area of their crop.</summary>
    [Description("smallest area of a local view's crop, as a fraction of the image")]
    [Range(0.01, 1.0)]
    public double ScaleMin { get; init; } = 0.08;

    /// <summary>Largest area of their crop.</summary>
    [Description("largest area of a local view's crop, as a fraction of the image")]
    [Range(0.01, 1.0)]
    public double ScaleMax { get; init; } = 0.5;

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;
}
