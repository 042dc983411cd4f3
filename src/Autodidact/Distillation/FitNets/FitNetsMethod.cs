namespace Autodidact.Distillation;

/// <summary>Defines <c>fitnets</c>, whose second phase is that of <c>kd</c> and has its options.</summary>
internal static class FitNetsMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "fitnets",
        "first a middle map from the encoder, or a student (distill.teacher), then as kd (Romero et al., ICLR 2015)",
        "fitnets",
        new FitNetsOptions(),
        Create) with
    {
        Reads = [KnowledgeDistillationMethod.Definition.Group],
        KnowsNoExits = true,
        RunsEncoder = true,
        TakesTeacher = true,
    };

    private static FitNets Create(DistillSetup setup, FitNetsOptions options)
    {
        var distillation = setup.Get<KnowledgeDistillationOptions>();
        return new FitNets(setup.Training(), options, distillation, setup.Teacher(distillation.TeacherTemperature));
    }
}
