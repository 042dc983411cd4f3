using Autodidact.Configuration;
using Autodidact.Experiments;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Pretraining;

namespace Autodidact.Tests.Experiments;

/// <summary>
/// The recipes of benchmarks/accuracy: files that are run by hand, for hours, so that a mistake in them is best found here.
/// </summary>
public class RecipesTests
{
    /// <summary>Options that variants may change: the method and its parts, never those that all variants share.</summary>
    private static readonly string[] Own =
    [
        "distill.method", "distill.loss.", "distill.branch", "distill.attention", "distill.compress.", "distill.alternating.",
        "distill.from_encoder", "distill.allow_labels",
        "distill.optimizer.learning_rate", "cluster.k",
    ];

    private static string Folder => Path.Combine(Repository.Root, "benchmarks", "accuracy", "recipes");

    public static TheoryData<string> Recipes() =>
    [
        .. Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith("tmp-", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Should_Load_And_Give_All_Variants_The_Same_Terms(string recipe)
    {
        var experiment = Experiment.Load(Path.Combine(Folder, recipe));
        Assert.StartsWith("// ", File.ReadAllText(Path.Combine(Folder, recipe)), StringComparison.Ordinal);
        var seed = experiment.Cells.Where(c => c.Seed == experiment.File.Seeds[0]).ToList();
        var baseline = seed.Single(c => c.Variant == experiment.File.Baseline).Options;
        var pretexts = recipe.StartsWith("ssl-", StringComparison.Ordinal) || recipe.StartsWith("hour-", StringComparison.Ordinal);
        var shapes = recipe.StartsWith("hour-", StringComparison.Ordinal);

        // The same time is another number of epochs for each method.
        var lengths =
            recipe is "ssl-longer.json" or "ssl-many-views.json" or "ssl-patch-kmeans.json" or "ssl-hour.json" or "hour-emp-ssl.json";
        Assert.All(seed, cell => Assert.All(
            OptionBinder.Diff(baseline, cell.Options),
            difference =>
            {
                if (shapes && difference.Name is ("pretrain.arch" or "precision")) return;

                // The classifier that belongs to patch-kmeans is its authors'.
                if (cell.Options.Pretrain.Method == "patch-kmeans"
                    && difference.Name.StartsWith("evaluate.linear.", StringComparison.Ordinal))
                {
                    return;
                }
                if (pretexts)
                {
                    Assert.True(
                        difference.Name.StartsWith("pretrain.", StringComparison.Ordinal)
                            && difference.Name != "pretrain.arch"
                            && (lengths || difference.Name != "pretrain.epochs"),
                        difference.Name);
                }
                else Assert.Contains(Own, own => difference.Name.StartsWith(own, StringComparison.Ordinal));
            }));

        // A variant named after labels reads them, and no other does.
        Assert.All(
            seed, cell => Assert.Equal(cell.Variant.StartsWith("supervised", StringComparison.Ordinal), cell.Options.Distill.AllowLabels));
        Assert.All(seed, cell => Assert.Equal(cell.Variant == "s4l", cell.Options.Pretrain.AllowLabels));
        if (recipe is "ssl-catalogue.json" or "ssl-tuning.json")
        {
            // The catalogue holds every method once; where rates are tuned, three or more of each method that trains without labels.
            var tuning = recipe == "ssl-tuning.json";
            var methods = seed.CountBy(c => c.Options.Pretrain.Method).ToDictionary();
            Assert.Equal(
                PretrainMethods.All.Where(m => !tuning || (m.Trains && m.Name != "s4l")).Select(m => m.Name).Order(StringComparer.Ordinal),
                methods.Keys.Order(StringComparer.Ordinal));
            Assert.All(methods.Values, count => Assert.InRange(count, tuning ? 3 : 1, tuning ? int.MaxValue : 1));
        }

        if (pretexts) return;

        // Encoders and clusters are computed once a seed: two variants of the same clusters have all of it in common.
        var plan = ExperimentPlan.Of(experiment, []);
        Assert.Equal(experiment.File.Seeds.Count, plan.Runs.Count(run => !run.From.ContainsKey("pretrain")));
    }

    [Fact]
    public void Should_Leave_The_Test_Images_Out_Where_Settings_Are_Chosen()
    {
        string[] recipes =
        [
            "tuning.json", "candidates-tuning.json", "ssl-tuning.json", "ssl-many-views.json", "ssl-patch-kmeans.json",
            "hour-tuning.json", "hour-tuning-2.json", "hour-emp-ssl.json", "ssl-hour.json",
        ];
        foreach (var recipe in recipes)
        {
            var experiment = Experiment.Load(Path.Combine(Folder, recipe));
            Assert.All(experiment.Cells, cell =>
                Assert.True(cell.Options.Data is { EvaluationShare: > 0, JoinEvaluationShare: false, Evaluation: null }));
        }
    }
}
