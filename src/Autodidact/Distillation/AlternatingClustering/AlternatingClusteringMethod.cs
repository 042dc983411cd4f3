namespace Autodidact.Distillation;

/// <summary>Defines <c>alternating</c>, which has the options of self-distillation too.</summary>
internal static class AlternatingClusteringMethod
{
    public static DistillMethod Definition { get; } = DistillMethod.Of(
        "alternating",
        "clusters the student's own features anew each epoch, and self-distils on them (Adnan et al., 2021)",
        "alternating",
        new AlternatingClusteringOptions(),
        Create) with
    {
        Reads = [SelfDistillationMethod.Group],
        Loss = SelfDistillationVariants.All["sssd-reconstructed"],
        OwnClusters = true,
        FeaturePasses = options => 1.0 / options.Methods.Get<AlternatingClusteringOptions>().Every,
    };

    private static AlternatingClustering Create(DistillSetup setup, AlternatingClusteringOptions options)
    {
        var loss = setup.Get<SelfDistillationOptions>();
        using var features = loss.NeedsEncoderFeatures ? setup.Teachers.EncoderFeatures() : null;
        return new AlternatingClustering(setup.Training(loss.Views), loss, options, features);
    }
}
