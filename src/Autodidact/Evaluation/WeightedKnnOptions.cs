using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Evaluation;

/// <summary>
/// Settings of <see cref="WeightedKnn"/>: the values of NPID's CIFAR command, MoCo's demo and lightly's CIFAR-10 benchmark.
/// </summary>
public sealed record WeightedKnnOptions
{
    /// <summary>Neighbours that vote; where the bank holds fewer, all of it votes.</summary>
    [Description("neighbours that vote")]
    [Range(1, int.MaxValue)]
    public int Neighbors { get; init; } = 200;

    /// <summary>Temperature of the votes: a neighbour of cosine s votes with exp(s / T).</summary>
    [Description("temperature of the votes: a neighbour of cosine s votes with exp(s / T)")]
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;
}
