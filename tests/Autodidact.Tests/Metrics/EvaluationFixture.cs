using System.Text.Json;

namespace Autodidact.Tests.Metrics;

internal sealed record ClusteringCase(
    string Name,
    int K,
    int Classes,
    int[] Train,
    int[] TrainLabels,
    int[] Test,
    int[] TestLabels,
    double Nmi,
    double Ari,
    double Purity,
    int? MatchedTrain,
    double? Accuracy);

internal sealed record AssignmentCase(double[][] Cost, double Total);

internal static class EvaluationFixture
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static T Read<T>(string name) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "evaluation", name)), Options)
        ?? throw new InvalidDataException(name);
}
