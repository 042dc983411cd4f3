using Autodidact.Clustering;
using Autodidact.Export;
using Google.Protobuf;

namespace Autodidact.Pretraining;

/// <summary>What a feature extractor without gradients is fitted from.</summary>
/// <param name="Pictures">Reads the images of pre-training.</param>
/// <param name="Side">Side of a picture in pixels.</param>
/// <param name="Positions">Which to look at.</param>
/// <param name="Options">The stage's options.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Threads">Threads; 0 is all.</param>
/// <param name="Tell">Takes a line of progress.</param>
/// <param name="CancellationToken">Stops between iterations.</param>
internal sealed record EncoderFitting(
    PictureReader Pictures, int Side, IReadOnlyList<int> Positions, PretrainOptions Options, ulong Seed, int Threads, Action<string> Tell, CancellationToken CancellationToken);

/// <summary>A fitted feature extractor.</summary>
/// <param name="Name">How summaries name it.</param>
/// <param name="Graph">An ONNX graph: pictures as bytes in, features out.</param>
/// <param name="Parameters">Numbers it keeps.</param>
/// <param name="Macs">Multiply-accumulates of an image.</param>
internal sealed record FittedEncoder(string Name, byte[] Graph, long Parameters, long Macs);

/// <summary>Fits <see cref="PatchKMeans"/> and writes it as a graph.</summary>
internal static class PatchEncoder
{
    private const int IterationsEach = 10;

    public static FittedEncoder Fit(EncoderFitting fitting)
    {
        var progress = new Told(step =>
        {
            if (step.Iteration % IterationsEach == 0) fitting.Tell(FormattableString.Invariant($"k-means of patches: iteration {step.Iteration}, inertia {step.Inertia:0}"));
        });
        var options = fitting.Options.PatchKmeans;
        using var dictionary = PatchKMeans.Fit(fitting.Pictures, fitting.Side, fitting.Positions, options, fitting.Seed, fitting.Threads, progress, fitting.CancellationToken);
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
