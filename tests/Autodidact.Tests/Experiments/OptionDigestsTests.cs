using System.Text.Json.Nodes;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Experiments;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Runs;

namespace Autodidact.Tests.Experiments;

/// <summary>
/// Digests by which finished runs and finished rows of results are found again. The fixture was written by the code of 2026-11-29, before
/// methods became folders: a changed line loses somebody's results.
/// </summary>
public class OptionDigestsTests
{
    private static string Fixtures => Path.Combine(AppContext.BaseDirectory, "Fixtures", "options");

    private static string Recipes => Path.Combine(Repository.Root, "benchmarks", "accuracy", "recipes");

    [Fact]
    public void Should_Keep_The_Digest_Of_Every_Variant_Of_Every_Recipe() => AssertKept(
        "recipe-digests.txt",
        from path in Directory.GetFiles(Recipes, "*.json").Order(StringComparer.Ordinal)
        let experiment = Experiment.Load(path)
        from cell in experiment.Cells
        where cell.Seed == experiment.File.Seeds[0]
        select $"{Path.GetFileNameWithoutExtension(path)} {cell.Variant} {cell.Configuration}");

    [Fact]
    public void Should_Keep_What_Fingerprints_Of_Training_Are_Made_Of_For_Every_Preset_And_Method() => AssertKept("method-digests.txt",
    [
        .. from preset in Presets.All
           from method in PretrainMethods.All
           let options = preset.With(method.Name).Pretrain
           select $"{preset.Name} {method.Name} {Digest(OptionBinder.Diff(new PretrainOptions(), options))}",
        .. from preset in Presets.All
           from method in DistillMethods.All
           let set = method.UsesLabels ? ["distill.allow_labels=true"] : Array.Empty<string>()
           let options = RunOptions.Resolve(
               new RunRequest { Set = [$"preset={preset.Name}", $"distill.method={method.Name}", .. set] }).Distill
           select $"{preset.Name} {method.Name} {Digest(OptionBinder.Diff(new DistillOptions(), options))}",
    ]);

    [Fact]
    public void Should_Open_A_Record_Of_Before()
    {
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(Fixtures, "run.json")))!;
        var options = OptionJson.FromJson<RunOptions>(record["options"]!.DeepClone(), "run.json");
        var asked = RunOptions.Resolve(OptionJson.FromJson<RunRequest>(record["request"]!.DeepClone(), "run.json"));
        Assert.Empty(OptionBinder.Diff(asked, options));

        // Written again, a stage has the same options at the same places; those of later versions may stand between.
        foreach (var stage in new[] { "pretrain", "distill" })
        {
            var again = OptionJson.ToJson(options)[stage]!.AsObject();
            var before = record["options"]![stage]!.AsObject();
            Assert.Equal(before.Select(o => o.Key), again.Select(o => o.Key).Where(before.ContainsKey));
            Assert.All(before, option => Assert.Equal(option.Value?.ToJsonString(), again[option.Key]?.ToJsonString()));
        }
    }

    private static string Digest(IReadOnlyList<OptionDifference> differences) =>
        StageFingerprint.Of(differences.Select(d => $"{d.Name}={d.New}"))[..12];

    private static void AssertKept(string fixture, IEnumerable<string> lines)
    {
        Assert.Equal(File.ReadAllLines(Path.Combine(Fixtures, fixture)), lines);
    }
}
