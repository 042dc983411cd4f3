using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Autodidact.IntegrationTests;

/// <summary>
/// The recipes of the published scale, whose whole runs need a GPU: their networks, views, optimizers and losses take their first steps on
/// generated data, and so do all their variants, which are the same in both, with narrow students on small views.
/// </summary>
public sealed class RecipeTests : IDisposable
{
    private const string Baseline = "sssd";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Take_The_First_Steps_Of_Cifar100()
    {
        // One label byte each for coarse and fine, then 3 planes of 32 x 32.
        var data = Directory.CreateDirectory(_folder["cifar-100-binary"]).FullName;
        foreach (var (name, images) in new[] { ("train.bin", 64), ("test.bin", 16) })
        {
            var bytes = new byte[images * 3074];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = i % 3074 < 2 ? (byte)(i / 3074 % 4) : (byte)((i * 31 / 7) ^ (i / 3074 * 57));
            File.WriteAllBytes(Path.Combine(data, name), bytes);
        }

        File.WriteAllLines(Path.Combine(data, "fine_label_names.txt"), Enumerable.Range(0, 100).Select(i => $"class {i}"));
        FirstSteps(Recipe("cifar100"), data, batch: 32, "resnet18-cifar", narrow: "resnet18-w8-cifar");
    }

    [Fact]
    public void Should_Take_The_First_Steps_Of_ImageNet()
    {
        foreach (var folder in new[] { "train/a", "train/b", "val/a", "val/b" })
        {
            PictureFolder.Make(
                _folder[$"imagenet/{folder}"], images: folder.StartsWith("train", StringComparison.Ordinal) ? 8 : 2, side: 256);
        }
        var recipe = Recipe("imagenet");
        Assert.True(JsonNode.DeepEquals(Recipe("cifar100")["variants"], recipe["variants"]));
        foreach (var variant in recipe["variants"]!.AsArray().Where(v => v!["name"]!.GetValue<string>() != Baseline).ToList())
            recipe["variants"]!.AsArray().Remove(variant);
        recipe["comparisons"] = new JsonArray();
        FirstSteps(recipe, _folder["imagenet"], batch: 8, "resnet50");
    }

    private static JsonObject Recipe(string name)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Autodidact.slnx"))) root = Path.GetDirectoryName(root)!;
        var text = File.ReadAllText(Path.Combine(root, "benchmarks", "accuracy", "recipes", $"{name}.json"));
        return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
    }

    /// <summary>
    /// The recipe with other data, small batches and few steps; of its baseline nothing else is changed. The other variants learn from its
    /// encoder, and of them students and views are smaller.
    /// </summary>
    private void FirstSteps(JsonObject file, string data, int batch, string architecture, string? narrow = null)
    {
        var size = batch.ToString(CultureInfo.InvariantCulture);
        file["base"]!["data"] = data;
        var set = file["base"]!["set"]!.AsArray();
        set.Remove(set.Single(s => s!.GetValue<string>().StartsWith("cluster.k=", StringComparison.Ordinal)));
        string[] small =
        [
            "cluster.k=4", "pretrain.epochs=1", $"pretrain.batch_size={size}", "distill.epochs=1", $"distill.batch_size={size}",
            "evaluate.linear.max_iterations=3",
        ];
        foreach (var setting in small)
            set.Add(setting);
        file["seeds"] = new JsonArray(1);
        var variants = file["variants"]!.AsArray();
        foreach (var variant in variants.Where(v => v!["name"]!.GetValue<string>() != Baseline))
        {
            foreach (var setting in new[] { $"distill.arch={narrow}", "distill.views.size=32" }) variant!["set"]!.AsArray().Add(setting);
        }

        file["out"] = _folder["out"];
        File.WriteAllText(_folder["recipe.json"], file.ToJsonString());
        using var run = Cli.Expect(0, _folder.Path, "experiment", _folder["recipe.json"]);
        var results = File.ReadAllText(Path.Combine(_folder["out"], "results.md"));
        Assert.Contains($"{variants.Count} of {variants.Count} run", results, StringComparison.Ordinal);
        Assert.All(
            file["comparisons"]!.AsArray(), comparison => Assert.Contains($"| {comparison!["name"]} |", results, StringComparison.Ordinal));
        foreach (var variant in variants)
        {
            var (name, settings) = (
                variant!["name"]!.GetValue<string>(),
                variant["set"]?.AsArray().Select(s => s!.GetValue<string>().Split('=')).ToDictionary(s => s[0], s => s[1]) ?? []);
            using var summary = JsonDocument.Parse(File.ReadAllText(
                Path.Combine(Directory.GetDirectories(Path.Combine(_folder["out"], "runs"), $"{name}-seed1-*").Single(), "summary.json")));
            var (student, exits) = (summary.RootElement.GetProperty("distill"), summary.RootElement.GetProperty("exits"));
            Assert.Equal(settings.GetValueOrDefault("distill.method", "sssd-reconstructed"), student.GetProperty("method").GetString());
            Assert.Equal(settings.GetValueOrDefault("distill.arch", architecture), student.GetProperty("arch").GetString());

            // One network alone has one exit that was trained; of the others nothing is said.
            var deepest = student.GetProperty("method").GetString() is "clusterfit" or "supervised";
            var only =
                settings.TryGetValue(
                    "distill.loss.only_exit", out var named) ? int.Parse(named, CultureInfo.InvariantCulture) : deepest ? 4 : 0;
            Assert.All(Enumerable.Range(1, 4), exit =>
                Assert.Equal(
                    only == 0 || exit == only,
                    exits[exit - 1].TryGetProperty("linear", out var linear) && linear.GetDouble() is >= 0 and <= 1));
        }
    }
}
