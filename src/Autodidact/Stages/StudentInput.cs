using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;

namespace Autodidact.Stages;

/// <summary>Decides what a student sees.</summary>
internal static class StudentInput
{
    /// <summary>
    /// Input of the student. It takes the encoder's normalisation where it starts from the encoder or sees the same views, else that of the
    /// target images.
    /// </summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">What the encoder sees.</param>
    public static ModelInput Of(RunOptions options, PackedData data, ModelInput encoder)
    {
        var distill = options.Distill;
        var asEncoder = StartsFromEncoder(options, encoder) || DistillMethods.Get(distill.Method).RunsEncoder;
        return new ModelInput(
            distill.Arch ?? encoder.Architecture,
            distill.Views.Size > 0 ? distill.Views.Size : encoder.ViewSize,
            asEncoder ? encoder.Normalization : data.TargetStatistics);
    }

    /// <summary>Whether the student's backbone starts from the encoder's weights.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="encoder">What the encoder sees.</param>
    public static bool StartsFromEncoder(RunOptions options, ModelInput encoder) =>
        options.Pretrain.EncoderKind == EncoderKind.Network
        && (options.Distill.FromEncoder ?? (options.Distill.Arch ?? encoder.Architecture) == encoder.Architecture);
}
