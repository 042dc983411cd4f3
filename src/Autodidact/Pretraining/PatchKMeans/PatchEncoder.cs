using Autodidact.Clustering;
using Autodidact.Export;
using Google.Protobuf;

namespace Autodidact.Pretraining;

/// <summary>Fits <see cref="PatchKMeans"/> and writes it as a graph.</summary>
internal static class PatchEncoder
{
    private const int IterationsEach = 10;

    public static FittedEncoder Fit(EncoderFitting fitting, PatchKMeansOptions options)
    {
        var progress = new Told(step =>
        {
            if (step.Iteration % IterationsEach == 0)
                fitting.Tell(FormattableString.Invariant($"k-means of patches: iteration {step.Iteration}, inertia {step.Inertia:0}"));
        });
        using var dictionary = PatchKMeans.Fit(
            fitting.Pictures, fitting.Side, fitting.Positions, options, fitting.Seed, fitting.Threads, progress, fitting.CancellationToken);
        return new FittedEncoder(
            FormattableString.Invariant($"patches-{options.PatchSize}px-k{options.Dictionary}"),
            PatchEncoderGraph.Create(dictionary, fitting.Side).ToByteArray(),
            dictionary.Parameters,
            dictionary.Macs(fitting.Side));
    }

    /// <summary>On the calling thread, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Told(Action<KMeansIteration> tell) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => tell(value);
    }
}
