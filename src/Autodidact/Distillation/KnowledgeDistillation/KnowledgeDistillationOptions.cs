using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;

namespace Autodidact.Distillation;

/// <summary>
/// Settings of <see cref="KnowledgeDistillationLoss"/>; the defaults are those of the CRD benchmark (Tian et al., ICLR 2020).
/// </summary>
public sealed record KnowledgeDistillationOptions
{
    /// <summary>Weight of cross entropy with the pseudo-label.</summary>
    [Description("weight of cross entropy with the pseudo-label")]
    [Range(0.0, 1e6)]
    public double Hard { get; init; } = 0.1;

    /// <summary>Weight of the divergence from the teacher.</summary>
    [Description("weight of KL(teacher || student)")]
    [Range(0.0, 1e6)]
    public double Soft { get; init; } = 0.9;

    /// <summary>Temperature of both sides of the divergence, which is multiplied by its square.</summary>
    [Description("temperature of both sides of the divergence")]
    [Range(0.01, 1000.0)]
    public double Temperature { get; init; } = 4;

    /// <summary>Temperature of an encoder's answers, see <see cref="ClusterTeacher"/>; a teaching student has logits of its own.</summary>
    [Description("where the encoder teaches: its logits are cosines with the centroids over this")]
    [Range(1e-6, 1e6)]
    public double TeacherTemperature { get; init; } = 0.1;
}
