using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Configuration;

/// <summary>Stage two: pseudo-labels.</summary>
public sealed record ClusterOptions
{
    /// <summary>Number of clusters; 0 is automatic.</summary>
    [Description("number of clusters; 0 (auto) is images/500 between 10 and 1000, or 10 a class where classes is set")]
    [Range(0, 1_000_000)]
    [OptionWord("auto", "0")]
    [Flag("--clusters", Value = "N|auto")]
    public int K { get; init; }

    /// <summary>Number of classes to expect; 0 if unknown.</summary>
    [Description("number of classes to expect, if you know it; 0 is unknown")]
    [Range(0, 100_000)]
    [Flag("--classes", Value = "N", Shown = "")]
    public int Classes { get; init; }

    /// <summary>Cosine in place of Euclidean k-means.</summary>
    [Description("spherical k-means: L2-normalised features and centroids")]
    public bool Spherical { get; init; } = true;

    /// <summary>Most Lloyd iterations.</summary>
    [Description("most iterations of k-means")]
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 100;

    /// <summary>Starts, of which the best counts.</summary>
    [Description("starts of k-means; the one of least inertia counts")]
    [Range(1, 1_000)]
    public int Restarts { get; init; } = 3;
}
