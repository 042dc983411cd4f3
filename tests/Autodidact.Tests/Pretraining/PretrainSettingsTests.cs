using System.Globalization;
using System.Text.RegularExpressions;
using Autodidact.Configuration;
using Autodidact.Pretraining;

namespace Autodidact.Tests.Pretraining;

public class PretrainSettingsTests
{
    public static TheoryData<string, string> Cases => new(PretrainMethods.All.SelectMany(m => Presets.All.Select(p => (m.Name, p.Name))));

    public static TheoryData<string> Trained => [.. PretrainMethods.All.Where(m => m.Trains).Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Should_Give_Valid_Options_With_Every_Preset(string method, string preset)
    {
        var options = Resolve(method, preset);
        Assert.Equal(method, options.Method);
        Assert.Equal(Presets.Get(preset).Options.Pretrain.Arch, options.Arch);
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void Should_Have_The_Rate_That_The_Methods_Page_Names(string method)
    {
        var rate = Resolve(method, Presets.Default).Optimizer.LearningRate.ToString(CultureInfo.InvariantCulture);
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "methods", $"{method}.md"));
        Assert.Matches($@"(rate|SGD|LARS|AdamW)[^.|]{{0,20}}(?<![\d.]){Regex.Escape(rate)}(?!\d)", page);
    }

    /// <summary>JPEG pictures want a larger whitening offset than the paper's, so presets for a CPU have one.</summary>
    [Theory]
    [InlineData("cpu-small", 3)]
    [InlineData("synthetic", 3)]
    [InlineData("cifar-resnet18", 0.1)]
    [InlineData("imagenet-resnet50", 0.1)]
    public void Should_Whiten_Patches_As_The_Page_Says(string preset, double offset) =>
        Assert.Equal(offset, Resolve("patch-kmeans", preset).Methods.Get<PatchKMeansOptions>().WhiteningOffset);

    [Fact]
    public void Should_Have_The_Puzzles_Of_VISSL_At_Its_Scale()
    {
        var options = Resolve("jigsaw", "imagenet-resnet50");
        var layout = JigsawLayout.For(options.Views.Size, options.Methods.Get<JigsawOptions>());
        Assert.Equal((85, 64, 2000), (layout.Cell, layout.Tile, options.Methods.Get<JigsawOptions>().Permutations));
    }

    private static PretrainOptions Resolve(string method, string preset)
    {
        string[] allowed = PretrainMethods.Get(method).UsesLabels ? ["pretrain.allow_labels=true"] : [];
        return RunOptions.Resolve(new RunRequest { Set = [$"preset={preset}", $"pretrain.method={method}", .. allowed] }).Pretrain;
    }
}
