using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="Dino"/>. The clipping of gradients is the optimizer's.</summary>
public sealed record DinoOptions : IOptionRules
{
    private static readonly OptionRule[] Rules =
    [
        OptionRule.ReadWhere(
            (DinoOptions o) => o.TeacherWarmupFraction > 0, "{teacher_warmup_fraction} is above 0", "teacher_temperature_start"),
    ];

    /// <summary>Momentum of the teacher at the start.</summary>
    [Description("momentum of the teacher at the start; half a cosine takes it to 1 by the end")]
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Temperature of the student.</summary>
    [Description("temperature of the student's softmax")]
    [Range(0.001, 100.0)]
    public double StudentTemperature { get; init; } = 0.1;

    /// <summary>Temperature of the teacher after its warm-up.</summary>
    [Description("temperature of the teacher's softmax, after its warm-up")]
    [Range(0.001, 100.0)]
    public double TeacherTemperature { get; init; } = 0.04;

    /// <summary>Temperature of the teacher at the start.</summary>
    [Description("temperature of the teacher's softmax at the start of its warm-up")]
    [Range(0.001, 100.0)]
    public double TeacherTemperatureStart { get; init; } = 0.04;

    /// <summary>Fraction of the training over which the teacher's temperature moves.</summary>
    [Description("fraction of the training over which the teacher's temperature moves linearly from its start")]
    [Range(0.0, 1.0)]
    public double TeacherWarmupFraction { get; init; }

    /// <summary>Momentum of the centre.</summary>
    [Description("momentum of the centre, the running mean that is taken off the teacher's outputs")]
    [Range(0.0, 1.0)]
    public double CenterMomentum { get; init; } = 0.9;

    /// <summary>Epochs over which the prototypes stay.</summary>
    [Description("first epochs over which the last layer's directions stay as they are")]
    [Range(0, 100_000)]
    public int FrozenEpochs { get; init; } = 1;

    /// <summary>Hidden size of the head.</summary>
    [Description("size of the head's two hidden layers")]
    [Range(1, 65536)]
    public int HeadHidden { get; init; } = 512;

    /// <summary>Whether the head's hidden layers are batch-normalised.</summary>
    [Description("batch-normalise the head's hidden layers")]
    public bool HeadNorm { get; init; } = true;

    /// <summary>Size of the normalised embedding before the last layer.</summary>
    [Description("size of the normalised embedding before the last layer")]
    [Range(1, 65536)]
    public int Bottleneck { get; init; } = 128;

    /// <summary>Size of the last layer.</summary>
    [Description("prototypes: outputs of the last layer, between which the softmax chooses")]
    [Range(2, 1_000_000)]
    public int Outputs { get; init; } = 1024;

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;
}
