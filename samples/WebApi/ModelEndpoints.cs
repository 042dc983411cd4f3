using Autodidact;
using Autodidact.Inference;

namespace WebApi;

/// <summary>An encoded image in the body of a request goes in, what the model says of it comes out.</summary>
internal static class ModelEndpoints
{
    /// <summary><c>GET /model</c>: what the model is, without where it came from.</summary>
    public static ModelDescription Describe(EarlyExitModel model) =>
        new(model.Manifest.Architecture, model.Manifest.Precision, model.Manifest.Input.Side, model.Manifest.FeatureSize, model.Manifest.Clusters, model.Manifest.Names, model.Manifest.Exits);

    /// <summary><c>POST /predict[?confidence=0.8|?exit=2]</c>: the cluster of an image.</summary>
    public static async Task<Prediction> Predict(HttpRequest request, EarlyExitModel model, double? confidence, int? exit, CancellationToken cancellationToken)
    {
        var policy = Policy(confidence, exit);
        var pixels = model.Decode(await BodyAsync(request, cancellationToken));
        return model.PredictBatch(pixels, policy, cancellationToken)[0];
    }

    /// <summary><c>POST /embed[?exit=2]</c>: the feature of an image.</summary>
    public static async Task<Embedding> Embed(HttpRequest request, EarlyExitModel model, int? exit, CancellationToken cancellationToken)
    {
        var pixels = model.Decode(await BodyAsync(request, cancellationToken));
        using var features = model.EmbedBatch(pixels, exit ?? 0, cancellationToken);
        return new Embedding(features[0].ToArray());
    }

    private static ExitPolicy Policy(double? confidence, int? exit) => (confidence, exit) switch
    {
        (not null, not null) => throw new AutodidactException(FailureKind.Usage, "confidence and exit exclude each other: choose one"),
        ( >= 0 and <= 1, _) => ExitPolicy.Confidence(confidence.Value),
        (not null, _) => throw new AutodidactException(FailureKind.Usage, FormattableString.Invariant($"confidence {confidence}: expected 0 to 1")),
        (_, not null) => ExitPolicy.Fixed(exit.Value),
        _ => ExitPolicy.Default,
    };

    /// <summary>The whole body; the server's size limit ends a longer one.</summary>
    private static async Task<byte[]> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }
}

/// <summary>What a model is.</summary>
internal sealed record ModelDescription(
    string Architecture, string Precision, int Side, int FeatureSize, int Clusters, IReadOnlyList<string>? Names, IReadOnlyList<ManifestExit> Exits);

/// <summary>The feature of an image.</summary>
internal sealed record Embedding(float[] Feature);
