using Autodidact.Options;

namespace Autodidact.Distillation;

/// <summary>Defines <c>kd</c>.</summary>
internal static class KnowledgeDistillationMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "kd",
        "every exit learns the clusters and the encoder's soft answers, or a student's (distill.teacher) (Hinton et al., 2015)",
        "kd",
        new KnowledgeDistillationOptions(),
        (setup, options) => new KnowledgeDistillation(setup.Training(), options, setup.Teacher(options.TeacherTemperature))) with
    {
        KnowsNoExits = true,
        RunsEncoder = true,
        TakesTeacher = true,
        Rules =
        [
            OptionRule.ReadWhere(
                (DistillOptions o) => o.Teacher is null, "the encoder teaches, without {teacher}", "kd.teacher_temperature"),
        ],
    };
}
