using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Autodidact.Options;

namespace Autodidact.Tests.Options;

public enum SampleStem
{
    Imagenet,
    CifarPool,
    [JsonStringEnumMemberName("adamw")]
    AdamW,
}

public sealed record InnerOptions
{
    [Description("passes")]
    [Range(1, 1000)]
    public int Epochs { get; init; } = 10;

    [Description("rate")]
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.12;

    [Description("stem")]
    public SampleStem Stem { get; init; } = SampleStem.CifarPool;

    [Description("weights")]
    [Range(0.0, 1.0)]
    public IReadOnlyList<double> ExitWeights { get; init; } = [0.1, 0.25];
}

public sealed record SampleOptions
{
    [Description("seed")]
    public ulong Seed { get; init; } = 1;

    [Description("time")]
    public TimeSpan? Budget { get; init; } = TimeSpan.FromMinutes(90);

    [Description("clusters")]
    [NullText("auto")]
    [Range(2, int.MaxValue)]
    public int? Clusters { get; init; }

    [Description("place")]
    public string? Encoder { get; init; }

    [Description("balance")]
    public bool Balanced { get; init; } = true;

    [Description("large")]
    public long Steps { get; init; } = 5_000_000_000;

    public InnerOptions Pretrain { get; init; } = new();

    public InnerOptions Distill { get; init; } = new() { Epochs = 20 };

    [JsonIgnore]
    public int Twice => Distill.Epochs * 2;
}
