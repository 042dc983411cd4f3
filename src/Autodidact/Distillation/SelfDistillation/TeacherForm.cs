namespace Autodidact.Distillation;

/// <summary>Who teaches in the divergence of <see cref="SelfDistillationLoss"/>.</summary>
public enum TeacherForm
{
    /// <summary>The deepest exit teaches the others.</summary>
    Deepest,

    /// <summary>The mean of all exits' logits teaches every exit, the deepest too.</summary>
    Ensemble,
}
