using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>The module that brings an exit's feature to the teacher's dimension in <see cref="SeedDistillation"/>.</summary>
public enum SeedProjection
{
    /// <summary>A linear layer.</summary>
    Linear,

    /// <summary>Linear, ReLU, linear, the hidden layer of the feature's size; without batch norm.</summary>
    Mlp,
}

/// <summary>Settings of <see cref="SeedDistillation"/>.</summary>
public sealed record SeedDistillationOptions
{
    /// <summary>Embeddings in the queue, at most one a training image. Published: 65,536.</summary>
    [Description("embeddings of the teacher in the queue; at most one a training image counts")]
    [Range(2, 1_048_576)]
    public int Queue { get; init; } = 16_384;

    /// <summary>Temperature of the student's similarities, as in the authors' code.</summary>
    [Description("temperature of the student's similarities")]
    [Range(1e-6, 1000.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>
    /// Temperature of the teacher's similarities. The authors' code has 1e-4, at which the target is practically the image itself and
    /// nothing else.
    /// </summary>
    [Description("temperature of the teacher's similarities")]
    [Range(1e-6, 1000.0)]
    public double TeacherTemperature { get; init; } = 0.01;

    /// <summary>The module that brings an exit's feature to the teacher's dimension.</summary>
    [Description("what brings an exit's feature to the teacher's dimension: linear or mlp")]
    public SeedProjection Projection { get; init; } = SeedProjection.Mlp;

    /// <summary>Weight of the loss; cross entropy, which moves the classifiers alone, has weight 1.</summary>
    [Description("weight of the cross entropy of similarities, mean over exits")]
    [Range(1e-6, 1e6)]
    public double Weight { get; init; } = 1;
}
