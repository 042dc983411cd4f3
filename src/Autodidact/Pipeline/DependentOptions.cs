using Autodidact.Distillation;
using Autodidact.Pretraining;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>Options that are read only where another has a certain value: asked for without it they would silently do nothing, so they are refused.</summary>
internal static class DependentOptions
{
    private static readonly Dependent[] All =
    [
        new("distill.loss.hint_form", o => o.Distill.Loss.Hint > 0, "distill.loss.hint is above 0"),
        new("distill.loss.hint_adaptation", o => o.Distill.Loss.Hint > 0, "distill.loss.hint is above 0"),
        new("distill.loss.hint_skips_deep", o => o.Distill.Loss.Hint > 0, "distill.loss.hint is above 0"),
        new("distill.loss.temperature", o => o.Distill.Loss.Soft > 0, "distill.loss.soft is above 0"),
        new("distill.loss.temperature_squared", o => o.Distill.Loss.Soft > 0, "distill.loss.soft is above 0"),
        new("distill.loss.encoder_feature_form", o => o.Distill.Loss.EncoderFeature > 0, "distill.loss.encoder_feature is above 0"),
        new("distill.loss.anchors", o => Takes(o, EncoderFeatureForm.Anchors), "distill.loss.encoder_feature is above 0 and encoder_feature_form=anchors"),
        new("distill.loss.anchor_temperature", o => Takes(o, EncoderFeatureForm.Anchors), "distill.loss.encoder_feature is above 0 and encoder_feature_form=anchors"),
        new("distill.loss.relations.", o => Takes(o, EncoderFeatureForm.Relations), "distill.loss.encoder_feature is above 0 and encoder_feature_form=relations, as with distill.method=rkd"),
        new("distill.loss.similarities.", o => Takes(o, EncoderFeatureForm.Similarities), "distill.loss.encoder_feature is above 0 and encoder_feature_form=similarities, as with distill.method=similarity-preserving"),
        new("distill.loss.target_temperature", o => o.Distill.Loss.Targets == TargetForm.Soft, "distill.loss.targets=soft"),
        new("distill.loss.neighbours", o => o.Distill.Loss.NeedsNeighbours, "distill.loss.targets=neighbours or distill.loss.confidence is above 0"),
        new("distill.loss.clustering_growth", o => o.Distill.Loss.Clusterings > 0, "distill.loss.clusterings is above 0"),
        new("distill.loss.contrast_temperature", o => o.Distill.Loss.Contrast > 0, "distill.loss.contrast is above 0"),
        new("distill.compress.momentum", o => o.Distill.Compress.Queues == CompRessQueues.Two, "distill.compress.queues=two"),
        new("distill.kd.teacher_temperature", o => o.Distill.Teacher is null, "the encoder teaches, without distill.teacher"),
        new("pretrain.swav.queue_from", o => o.Pretrain.Swav.Queue > 0, "pretrain.swav.queue is above 0"),
        new("pretrain.dino.teacher_temperature_start", o => o.Pretrain.Dino.TeacherWarmupFraction > 0, "pretrain.dino.teacher_warmup_fraction is above 0"),
        .. OfStage("pretrain", o => o.Pretrain.Optimizer, o => o.Pretrain.Views),
        .. OfStage("distill", o => o.Distill.Optimizer, o => o.Distill.Views),
        new("export.calibration_images", o => o.Export.Int8, "export.int8=true"),
        new("export.int8_agreement", o => o.Export.Int8, "export.int8=true"),
    ];

    /// <summary>Refuses them, in one line.</summary>
    /// <param name="options">The options as they are to be.</param>
    /// <param name="asked">Names of those that were asked for: presets and methods may hold settings that come into play with others.</param>
    /// <exception cref="AutodidactException">Nothing reads one of them; kind Usage.</exception>
    public static void Refuse(RunOptions options, IEnumerable<string> asked)
    {
        foreach (var name in asked)
        {
            if (Array.Find(All, dependent => dependent.Names(name)) is { } found && !found.IsRead(options))
            {
                throw new AutodidactException(FailureKind.Usage, $"{name}: it is read only where {found.Where}: leave it out, or set that too");
            }
        }
    }

    private static bool Takes(RunOptions options, EncoderFeatureForm form) => options.Distill.Loss is { EncoderFeature: > 0 } loss && loss.EncoderFeatureForm == form;

    private static IEnumerable<Dependent> OfStage(string stage, Func<RunOptions, OptimizerOptions> optimizer, Func<RunOptions, ViewOptions> views) =>
    [
        new($"{stage}.optimizer.trust_coefficient", o => optimizer(o).Kind == OptimizerKind.Lars, $"{stage}.optimizer.kind=lars"),
        new($"{stage}.optimizer.trust_clip", o => optimizer(o).Kind == OptimizerKind.Lars, $"{stage}.optimizer.kind=lars"),
        new($"{stage}.views.grow_until", o => views(o).StartFraction < 1, $"{stage}.views.start_fraction is below 1"),
        new($"{stage}.views.crop_scale_max", o => views(o).Padding == 0, $"{stage}.views.padding is 0"),
        new($"{stage}.views.jitter", o => views(o).JitterProbability > 0, $"{stage}.views.jitter_probability is above 0"),
        new($"{stage}.views.hue", o => views(o).JitterProbability > 0, $"{stage}.views.jitter_probability is above 0"),
    ];

    /// <param name="Option">Name of the option, or of a group of them with a dot at the end.</param>
    /// <param name="IsRead">Whether anything reads it.</param>
    /// <param name="Where">When something does.</param>
    private sealed record Dependent(string Option, Func<RunOptions, bool> IsRead, string Where)
    {
        public bool Names(string name) => Option.EndsWith('.') ? name.StartsWith(Option, StringComparison.Ordinal) : name == Option;
    }
}
