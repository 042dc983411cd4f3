using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>Settings of <see cref="SnapshotDistillation"/> and <see cref="SnapshotDistillationLoss"/>; the defaults are ours.</summary>
public sealed record SnapshotDistillationOptions
{
    /// <summary>
    /// Parts of equal length, each with a warm-up and a decay of its own; the student at the end of one teaches the next.
    /// </summary>
    [Description("cycles of equal length, each with its own warm-up and decay; the end of one teaches the next")]
    [Range(2, 1000)]
    public int Cycles { get; init; } = 4;

    /// <summary>Temperature of the snapshot's answers, and of nothing else.</summary>
    [Description("temperature of the snapshot's answers; the student's stay as they are")]
    [Range(0.01, 1000.0)]
    public double Temperature { get; init; } = 2;
}
