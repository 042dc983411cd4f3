using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="PatchKMeans"/>; the defaults are the paper's for CIFAR-10.</summary>
public sealed record PatchKMeansOptions
{
    /// <summary>Centroids of the dictionary; a feature has four times as many values.</summary>
    [Description("centroids of the dictionary; a feature has four values for each")]
    [Range(2, 100_000)]
    public int Dictionary { get; init; } = 1600;

    /// <summary>Side of a patch in pixels.</summary>
    [Description("side of a patch in pixels")]
    [Range(2, 32)]
    public int PatchSize { get; init; } = 6;

    /// <summary>Patches the dictionary is learned from.</summary>
    [Description("random patches the dictionary is learned from")]
    [Range(100, 100_000_000)]
    public int Patches { get; init; } = 400_000;

    /// <summary>Iterations of k-means at most.</summary>
    [Description("iterations of k-means at most")]
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 50;

    /// <summary>Added to a patch's variance, of values from 0 to 255, before it is divided by.</summary>
    [Description("added to a patch's variance (values from 0 to 255) before its contrast is normalised")]
    [Range(1e-6, 1e6)]
    public double ContrastOffset { get; init; } = 10;

    /// <summary>Added to the eigenvalues of the patches' covariance before whitening.</summary>
    [Description("added to the eigenvalues of the patches' covariance before whitening")]
    [Range(1e-9, 1e3)]
    public double WhiteningOffset { get; init; } = 0.1;
}
