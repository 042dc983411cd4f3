using Autodidact;
using Autodidact.Inference;

namespace WebApi;

/// <summary>An encoded image in the body of a request goes in, what the model says of it comes out.</summary>
internal static class ModelEndpoints
{
    private const int RunnersUp = 2;

    /// <summary><c>GET /model</c>: what the model is, without where it came from.</summary>
    public static ModelDescription Describe(EarlyExitModel model)
    {
        var about = model.Manifest;
        return new(about.Architecture, about.Precision, about.Input.Side, about.FeatureSize, about.Clusters, about.Names, about.Exits);
    }

    /// <summary><c>POST /predict[?confidence=0.8|?exit=2]</c>: the cluster of an image.</summary>
    public static async Task<Answer> Predict(
        HttpRequest request, EarlyExitModel model, double? confidence, int? exit, CancellationToken cancellationToken)
    {
        // The server's size limit ends a body that is too long, and a client that goes away cancels the token.
        var found = await model.PredictAsync(request.Body, Policy(confidence, exit), cancellationToken);
        var runnersUp = found.Top(1 + RunnersUp).Skip(1).ToArray();
        return new Answer(found.Cluster, found.Name, found.Confidence, runnersUp, found.Exit, found.ExpectedAgreement, found.Macs);
    }

    /// <summary><c>POST /embed[?exit=2]</c>: the feature of an image.</summary>
    public static async Task<Embedding> Embed(HttpRequest request, EarlyExitModel model, int? exit, CancellationToken cancellationToken) =>
        new(await model.EmbedAsync(request.Body, Source(exit), cancellationToken));

    private static ExitPolicy Policy(double? confidence, int? exit) => (confidence, exit) switch
    {
        (not null, not null) => throw new AutodidactException(FailureKind.Usage, "confidence and exit exclude each other: choose one"),
        ( >= 0 and <= 1, _) => ExitPolicy.Confidence(confidence.Value),
        (not null, _) =>
            throw new AutodidactException(FailureKind.Usage, FormattableString.Invariant($"confidence {confidence}: expected 0 to 1")),
        (_, not null) => ExitPolicy.Fixed(exit.Value),
        _ => ExitPolicy.Default,
    };

    private static FeatureSource Source(int? exit) => exit switch
    {
        null => FeatureSource.Deepest,
        >= 1 => FeatureSource.AtExit(exit.Value),
        _ => throw new AutodidactException(FailureKind.Usage, $"exit {exit}: expected 1 or more"),
    };
}

/// <summary>Description of a model.</summary>
internal sealed record ModelDescription(
    string Architecture,
    string Precision,
    int Side,
    int FeatureSize,
    int Clusters,
    IReadOnlyList<string>? Names,
    IReadOnlyList<ManifestExit> Exits);

/// <summary>A model's answer for an image; the properties are those of <see cref="Prediction"/>.</summary>
internal sealed record Answer(
    int Cluster,
    string? Name,
    float Confidence,
    IReadOnlyList<ClusterProbability> RunnersUp,
    int Exit,
    double? ExpectedAgreement,
    long Macs);

/// <summary>The feature of an image.</summary>
internal sealed record Embedding(float[] Feature);
