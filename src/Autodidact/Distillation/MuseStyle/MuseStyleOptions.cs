using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>How <see cref="MuseStyleLoss"/> joins mutual information and self-information.</summary>
public enum MuseStyleForm
{
    /// <summary>Their sum.</summary>
    Additive,

    /// <summary>Their product.</summary>
    Multiplicative,
}

/// <summary>Settings of <see cref="MuseStyle"/>. None is published: all are choices of this project.</summary>
public sealed record MuseStyleOptions
{
    /// <summary>Weight of the information that is maximised; each exit's cross entropy has weight 1.</summary>
    [Description("weight of the information that is maximised")]
    [Range(0.0, 1e6)]
    public double Weight { get; init; } = 1;

    /// <summary>How the two kinds of information are joined.</summary>
    [Description("how mutual information and self-information are joined: additive or multiplicative")]
    public MuseStyleForm Form { get; init; } = MuseStyleForm.Additive;

    /// <summary>Hidden size of the discriminators.</summary>
    [Description("hidden size of the discriminators")]
    [Range(1, 65_536)]
    public int Hidden { get; init; } = 256;
}
