using System.Text.Json;
using Autodidact.Tests.Training;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>Reference values made by tools/reference/moco_swav_deepcluster.py, and one batch of an objective.</summary>
internal static class ClusterFixtures
{
    public const int Batch = 6;
    public const int Clusters = 5;

    public static IEnumerable<JsonElement> Cases(string loss) => [.. LossFixtures.Load("moco_swav_deepcluster", loss).EnumerateArray()];

    public static double Given(this JsonElement item, string name) => item.GetProperty(name).GetDouble();

    public static int Count(this JsonElement item, string name) => item.GetProperty(name).GetInt32();

    public static long[] Numbers(this JsonElement item, string name) =>
        [.. item.GetProperty(name).EnumerateArray().Select(v => v.GetInt64())];

    /// <summary>Compares value and gradients with every case of a fixture, in double and in single precision.</summary>
    public static void AssertEqualsLoops(
        string fixture, Func<JsonElement, ScalarType, Tensor[]> inputs, Func<JsonElement, Tensor[], Tensor> loss) =>
        LossFixtures.AssertEqualsLoops(Cases(fixture), inputs, loss);

    public static Tensor Unit(Tensor rows) => nn.functional.normalize(rows.detach(), p: 2, dim: 1);

    /// <summary>Gives the first eight images to something, as the objective wants them.</summary>
    public static void OnBatch(IObjective objective, Action<ObjectiveBatch> action)
    {
        int[] images = [.. Enumerable.Range(0, 8)];
        using var generator = new ViewGenerator(TinyProblem.ImageSet(), 1, new ViewGeneratorOptions());
        using var views =
            generator.Generate([new BatchPlan(0, 0, images, objective.Views(0))], TestContext.Current.CancellationToken).Single();
        using var scope = NewDisposeScope();
        action(new ObjectiveBatch(views, images));
    }

    /// <summary>A copy of a part of the network or the state.</summary>
    public static Tensor Kept(this IReadOnlyDictionary<string, Tensor> state, string name) => state[name].detach().clone();

    public static void AssertSame(Tensor wanted, Tensor actual, double tolerance = 0) =>
        Assert.InRange((wanted.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>(), 0, tolerance);
}
