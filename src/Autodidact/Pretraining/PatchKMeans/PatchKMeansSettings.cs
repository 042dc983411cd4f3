namespace Autodidact.Pretraining;

/// <summary>Settings of patch-kmeans, by preset.</summary>
internal static class PatchKMeansSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, Published, Published);

    /// <summary>
    /// The published offset of 0.1 whitens what JPEG leaves of the finest detail up to the strength of all else, and folders of pictures
    /// are JPEG: 3 is the best of five by linear probe of held-out images of quality 75, in benchmarks/accuracy's ssl-patch-kmeans.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) =>
        options with { Methods = options.Methods.With<PatchKMeansOptions>(m => m with { WhiteningOffset = 3 }) };

    /// <summary>The options' own defaults are the paper's for CIFAR-10.</summary>
    private static PretrainOptions Published(PretrainOptions options) => options;
}
