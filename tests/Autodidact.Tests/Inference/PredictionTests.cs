using System.Text.Json.Nodes;
using Autodidact.Inference;

namespace Autodidact.Tests.Inference;

public sealed class PredictionTests(ExportedModel exported) : IClassFixture<ExportedModel>
{
    private static readonly float[] Probabilities = [0.25f, 0.4f, 0.05f, 0.3f];
    private static readonly string[] Names = ["cat", "dog", "cat", "cat"];

    [Fact]
    public void Should_Give_The_Answer_And_The_Runners_Up()
    {
        var answer = new Prediction(Probabilities, Names, exit: 2, macs: 7, expectedAgreement: 0.9);
        Assert.Equal((1, "dog", 0.4f), (answer.Cluster, answer.Name, answer.Confidence));
        Assert.Equal([new(1, "dog", 0.4f), new(3, "cat", 0.3f), new(0, "cat", 0.25f)], answer.Top(3));
        Assert.Equal(4, answer.Top(9).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => answer.Top(0));
        Assert.Equal("dog, 40.0 %, exit 2", answer.ToString());
    }

    /// <summary>Clusters of one name are one to whoever asks for names.</summary>
    [Fact]
    public void Should_Add_Up_Clusters_Of_One_Name()
    {
        var byName = new Prediction(Probabilities, Names, 1, 0, null).ByName();
        Assert.Equal(2, byName.Count);
        Assert.Equal(0.6f, byName["cat"], 1e-6f);
        Assert.Equal(0.4f, byName["dog"], 1e-6f);

        var nameless = new Prediction(Probabilities, null, 1, 0, null);
        Assert.Empty(nameless.ByName());
        Assert.Null(nameless.Top(1)[0].Name);
        Assert.Equal("cluster 1, 40.0 %, exit 1", nameless.ToString());
    }

    /// <summary>Twice the temperature halves the logits: probabilities become their square roots, over their sum. Answers stay.</summary>
    [Fact]
    public void Should_Calibrate_The_Probabilities_Of_Each_Exit_With_Its_Temperature()
    {
        var changed = With(exits => exits[1]!["temperature"] = 2.0);
        using var plain = EarlyExitModel.Load(exported.Folder);
        using var warmer = EarlyExitModel.Load(changed);
        foreach (var policy in new[] { ExitPolicy.Fixed(2), ExitPolicy.PerExit([2, 0, 0, 0]) })
        {
            var (before, after) = (Ask(plain, policy), Ask(warmer, policy));
            foreach (var (b, a) in before.Zip(after))
            {
                Assert.Equal((b.Cluster, 2, 2), (a.Cluster, a.Exit, b.Exit));
                Assert.Equal(1, a.Probabilities.Sum(), 1e-5f);
                Assert.Equal(a.Probabilities.Max(), a.Confidence);
                var roots = b.Probabilities.Select(MathF.Sqrt).ToArray();
                Assert.All(a.Probabilities.Zip(roots), pair => Assert.Equal(pair.Second / roots.Sum(), pair.First, 1e-5f));
            }
        }

        Assert.Equal(Ask(plain, ExitPolicy.Fixed(3)).Select(p => p.Confidence), Ask(warmer, ExitPolicy.Fixed(3)).Select(p => p.Confidence));
    }

    [Fact]
    public void Should_Tell_What_Each_Exit_Is_Expected_To_Agree()
    {
        var measured = With(exits => exits[0]!["agreement"] = 0.75);
        using var model = EarlyExitModel.Load(measured);
        Assert.All(Ask(model, ExitPolicy.Fixed(1)), answer => Assert.Equal(0.75, answer.ExpectedAgreement));
        Assert.All(Ask(model, ExitPolicy.Confidence(0)), answer => Assert.Equal(0.75, answer.ExpectedAgreement));

        // Not measured; and the deepest, which is what the others are compared with.
        Assert.All(Ask(model, ExitPolicy.Fixed(2)), answer => Assert.Null(answer.ExpectedAgreement));
        Assert.All(Ask(model, ExitPolicy.Fixed(4)), answer => Assert.Equal(1, answer.ExpectedAgreement));
    }

    [Fact]
    public void Should_Refuse_An_Agreement_That_Is_No_Share()
    {
        var impossible = With(exits => exits[0]!["agreement"] = 7);
        var refused = Assert.Throws<AutodidactException>(() => EarlyExitModel.Load(impossible));
        Assert.Contains("exit 1 are impossible", refused.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<Prediction> Ask(EarlyExitModel model, ExitPolicy policy) =>
        model.PredictPixels(exported.Pixels, policy, TestContext.Current.CancellationToken);

    /// <summary>A copy of the model whose manifest says something else of its exits.</summary>
    private string With(Action<JsonArray> change)
    {
        var folder = exported.Copy();
        var manifest = exported.Manifest();
        change(manifest["exits"]!.AsArray());
        File.WriteAllText(Path.Combine(folder, ModelManifest.FileName), manifest.ToJsonString());
        return folder;
    }
}
