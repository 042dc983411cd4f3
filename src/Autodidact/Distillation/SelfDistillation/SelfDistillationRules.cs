namespace Autodidact.Distillation;

/// <summary>Combinations of <see cref="SelfDistillationOptions"/> that contradict each other.</summary>
internal static class SelfDistillationRules
{
    /// <summary>Refuses them, in one line that names the options.</summary>
    /// <exception cref="AutodidactException">Two options contradict each other; kind Usage.</exception>
    public static void Check(SelfDistillationOptions options)
    {
        const string noOther = "leave it or distill.loss.only_exit out";
        var alone = options.OnlyExit != 0;
        Refuse(alone && options.Clusterings > 0, "clusterings", "only_exit trains one exit by its own classifier alone", noOther);
        Refuse(alone && options.Contrast > 0, "contrast", "only_exit trains one exit by cross entropy alone", noOther);
        Refuse(alone && options.Teacher == TeacherForm.Ensemble, "teacher", "with only_exit there are no other exits", noOther);
        Refuse(options.Soft == 0 && options.Teacher == TeacherForm.Ensemble, "teacher", "at soft=0 nobody teaches", "leave it out, or give distill.loss.soft a weight");
        Refuse(options.Targets != TargetForm.Hard && options.LabelSmoothing > 0, "label_smoothing", "only hard targets can be smoothed", "leave it out, or set distill.loss.targets=hard");
        Refuse(
            options is { ClassifiersOnly: true, EncoderFeature: 0, Contrast: 0 },
            "classifiers_only",
            "nothing would train the features",
            "leave it out, or give distill.loss.encoder_feature or contrast a weight");
        Refuse(
            options.ClassifiersOnly && options.Clusterings > 0,
            "clusterings",
            "with classifiers_only they could not move the student, and their heads are thrown away",
            "leave it out, or set distill.loss.classifiers_only=false");
    }

    private static void Refuse(bool refused, string option, string why, string instead)
    {
        if (refused)
        {
            throw new AutodidactException(FailureKind.Usage, $"distill.loss.{option}: {why}: {instead}");
        }
    }
}
