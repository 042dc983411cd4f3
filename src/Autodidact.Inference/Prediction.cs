using System.Globalization;
using System.Numerics.Tensors;

namespace Autodidact.Inference;

/// <summary>An answer for one image.</summary>
/// <remarks>
/// The probabilities are those of the exit that answered. Export chose a temperature for each exit but the deepest, so that the largest
/// probability is the likelihood that the deepest exit gives the same answer (see <see cref="ManifestExit.Temperature"/>). The deepest exit
/// has nothing to agree with: its probabilities are those of the trained network, so its 0.6 and a shallow exit's 0.6 do not mean the same.
/// </remarks>
public sealed class Prediction
{
    private readonly IReadOnlyList<string>? _names;

    /// <summary>Makes an answer of the probabilities an exit gave.</summary>
    /// <param name="probabilities">By cluster, at least one.</param>
    /// <param name="names">Names of the clusters, or null.</param>
    /// <param name="exit">The exit, 1 the shallowest.</param>
    /// <param name="macs">Multiply-accumulates spent.</param>
    /// <param name="expectedAgreement">See <see cref="ExpectedAgreement"/>.</param>
    internal Prediction(float[] probabilities, IReadOnlyList<string>? names, int exit, long macs, double? expectedAgreement)
    {
        _names = names;
        Probabilities = probabilities;
        Cluster = TensorPrimitives.IndexOfMax(probabilities);
        Exit = exit;
        Macs = macs;
        ExpectedAgreement = expectedAgreement;
    }

    /// <summary>Number of the most likely cluster, from 0.</summary>
    public int Cluster { get; }

    /// <summary>The cluster's name, or the class it stands for; null where it has none.</summary>
    public string? Name => _names?[Cluster];

    /// <summary>Probability of <see cref="Cluster"/>. <see cref="ExitPolicy"/> compares it with its threshold.</summary>
    public float Confidence => Probabilities[Cluster];

    /// <summary>Probability of each cluster, by its number; they add up to 1.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>The exit that answered, 1 the shallowest.</summary>
    public int Exit { get; }

    /// <summary>Multiply-accumulates spent, those of the exits that were asked before included.</summary>
    public long Macs { get; }

    /// <summary>
    /// Share of the held-out images that this exit answers as the deepest exit does, when it is asked about all of them: a property of the
    /// exit, measured at export, whatever this image is. 1 for the deepest exit; null where the model was exported without held-out images.
    /// </summary>
    public double? ExpectedAgreement { get; }

    /// <summary>The most likely clusters: the answer first, then the runners-up.</summary>
    /// <param name="count">How many, 1 or more; fewer come only where the model has fewer.</param>
    public IReadOnlyList<ClusterProbability> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var order = Enumerable.Range(0, Probabilities.Count).OrderByDescending(cluster => Probabilities[cluster]);
        return [.. order.Take(count).Select(cluster => new ClusterProbability(cluster, _names?[cluster], Probabilities[cluster]))];
    }

    /// <summary>
    /// Probability of each name. Clusters that bear the same name are added up, so the likeliest name can be another than <see
    /// cref="Name"/>, which is that of one cluster. Empty where the clusters have no names.
    /// </summary>
    public IReadOnlyDictionary<string, float> ByName()
    {
        var sums = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var (name, probability) in (_names ?? []).Zip(Probabilities))
        {
            sums[name] = sums.GetValueOrDefault(name) + probability;
        }

        return sums;
    }

    /// <summary>The answer in a few words: <c>cat, 87.3 %, exit 2</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name ?? $"cluster {Cluster}"}, {100 * Confidence:0.0} %, exit {Exit}");
}
