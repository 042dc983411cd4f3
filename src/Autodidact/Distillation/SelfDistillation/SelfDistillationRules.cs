using Autodidact.Options;

namespace Autodidact.Distillation;

/// <content>The rules.</content>
public sealed partial record SelfDistillationOptions : IOptionRules
{
    private const string NoOther = "leave it or {only_exit} out";

    /// <summary>One exit alone is trained by cross entropy with the targets: nothing else of the loss is read.</summary>
    private static readonly string[] OfOneExit =
        ["only_exit", "targets", "target_temperature", "neighbours", "confidence", "label_smoothing"];

    private static readonly OptionRule[] Rules =
    [
        OptionRule.RefuseAsked(
            (SelfDistillationOptions o) => o.OnlyExit != 0,
            _ => "only_exit trains one exit by cross entropy alone, which does not read it: leave it out, or set {only_exit}=0",
            [.. OptionBinder.Describe(new SelfDistillationOptions()).Select(option => option.Name).Except(OfOneExit)]),
        Reads(o => o.Hint > 0, "{hint} is above 0", "hint_form", "hint_adaptation", "hint_skips_deep"),
        Reads(o => o.Soft > 0, "{soft} is above 0", "temperature", "temperature_squared"),
        Reads(o => o.EncoderFeature > 0, "{encoder_feature} is above 0", "encoder_feature_form"),
        Takes(EncoderFeatureForm.Anchors, "encoder_feature_form=anchors", "anchors", "anchor_temperature"),
        Takes(EncoderFeatureForm.Relations, "encoder_feature_form=relations, as with method rkd", "relations."),
        Takes(EncoderFeatureForm.Similarities, "encoder_feature_form=similarities, as with method similarity-preserving", "similarities."),
        Reads(o => o.Targets == TargetForm.Soft, "{targets}=soft", "target_temperature"),
        Reads(o => o.NeedsNeighbours, "{targets}=neighbours or {confidence} is above 0", "neighbours"),
        Reads(o => o.Clusterings > 0, "{clusterings} is above 0", "clustering_growth"),
        Reads(o => o.Contrast > 0, "{contrast} is above 0", "contrast_temperature"),
        Refuse(
            "clusterings",
            o => o is { OnlyExit: not 0, Clusterings: > 0 },
            $"only_exit trains one exit by its own classifier alone: {NoOther}"),
        Refuse("contrast", o => o is { OnlyExit: not 0, Contrast: > 0 }, $"only_exit trains one exit by cross entropy alone: {NoOther}"),
        Refuse(
            "teacher",
            o => o is { OnlyExit: not 0, Teacher: TeacherForm.Ensemble },
            $"with only_exit there are no other exits: {NoOther}"),
        Refuse(
            "teacher",
            o => o is { Soft: 0, Teacher: TeacherForm.Ensemble },
            "at soft=0 nobody teaches: leave it out, or give {soft} a weight"),
        Refuse(
            "label_smoothing",
            o => o.Targets != TargetForm.Hard && o.LabelSmoothing > 0,
            "only hard targets can be smoothed: leave it out, or set {targets}=hard"),
        Refuse(
            "classifiers_only",
            o => o is { ClassifiersOnly: true, EncoderFeature: 0, Contrast: 0 },
            "nothing would train the features: leave it out, or give {encoder_feature} or {contrast} a weight"),
        Refuse(
            "clusterings",
            o => o.ClassifiersOnly && o.Clusterings > 0,
            "with classifiers_only they could not move the student, and their heads are thrown away: "
                + "leave it out, or set {classifiers_only}=false"),
    ];

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;

    private static OptionRule Reads(Func<SelfDistillationOptions, bool> isRead, string where, params string[] options) =>
        OptionRule.ReadWhere(isRead, where, options);

    private static OptionRule Takes(EncoderFeatureForm form, string where, params string[] options) =>
        Reads(o => o.EncoderFeature > 0 && o.EncoderFeatureForm == form, $"{{encoder_feature}} is above 0 and {where}", options);

    private static OptionRule Refuse(string option, Func<SelfDistillationOptions, bool> contradicts, string text) =>
        OptionRule.Refuse(option, contradicts, text);
}
